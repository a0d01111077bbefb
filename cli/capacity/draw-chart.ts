import { dirname, join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { type ChartSpec, FONT } from '../../infra/capacity/report/chart-style';

/** A chart as it is written to files. */
export interface DrawnChart {
  readonly svg: string;
  readonly png: Buffer;
}

/** Pixels for each unit of the SVG: sharp on dense screens. */
const PNG_SCALE = 2;

const WEIGHTS = [
  '400Regular/Inter_400Regular.ttf',
  '500Medium/Inter_500Medium.ttf',
  '600SemiBold/Inter_600SemiBold.ttf',
];

/**
 * Draws a chart, without a browser and without fonts of the machine: the same chart gives the same bytes everywhere.
 * Throws when the specification is no chart.
 */
export async function drawChart(spec: ChartSpec): Promise<DrawnChart> {
  // Published as ES modules only.
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  // Counted over the whole process otherwise.
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return { svg, png: toPng(svg) };
}

function toPng(svg: string): Buffer {
  const fonts = dirname(require.resolve('@expo-google-fonts/inter/package.json'));
  const drawing = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: PNG_SCALE },
    font: {
      loadSystemFonts: false,
      fontFiles: WEIGHTS.map((file) => join(fonts, file)),
      defaultFontFamily: FONT,
      sansSerifFamily: FONT,
    },
  });
  return drawing.render().asPng();
}
