/** Colours that the colour-blind can tell apart (Okabe and Ito), and greys. */
export const COLOR = {
  blue: '#0072B2',
  sky: '#56B4E9',
  green: '#009E73',
  orange: '#E69F00',
  vermilion: '#D55E00',
  purple: '#CC79A7',
  ink: '#222222',
  grey: '#8a8f98',
  light: '#d8dbe0',
  white: '#ffffff',
} as const;

/** Family of every text in a chart; the drawing is told where its file is. */
export const FONT = 'Inter';

/** Fonts, grids and margins of every chart, for Vega-Lite's `config`. */
export const CHART_CONFIG = {
  font: FONT,
  background: COLOR.white,
  padding: 16,
  title: {
    fontSize: 17,
    fontWeight: 600,
    anchor: 'start',
    offset: 12,
    subtitleFontSize: 12,
    subtitleColor: '#555b66',
    subtitlePadding: 6,
    subtitleLineHeight: 16,
  },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 500,
    titlePadding: 10,
    gridColor: '#e8eaee',
    domainColor: COLOR.grey,
    tickColor: COLOR.grey,
    labelColor: '#3a3f47',
    titleColor: '#3a3f47',
  },
  legend: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 500,
    symbolStrokeWidth: 2.5,
    orient: 'bottom',
    columns: 4,
    labelLimit: 0,
    offset: 14,
  },
  header: { labelFontSize: 13, labelFontWeight: 600, labelAnchor: 'start', labelColor: COLOR.ink, title: null },
  view: { stroke: null },
} satisfies ChartSpec['config'];

/** A chart as Vega-Lite has it: plain data, drawn elsewhere. */
export type ChartSpec = import('vega-lite', { with: { 'resolution-mode': 'import' }}).TopLevelSpec;

export const VEGA_LITE_SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';
