import type { DailyDemand } from '../demand/types';
import { addDays } from '../forecast/days';
import type { Forecast } from '../forecast/types';
import { CHART_CONFIG, type ChartSpec, COLOR, VEGA_LITE_SCHEMA } from './chart-style';

/** Days of history drawn at most: a year, before which lines are a smear. */
const MOST_DAYS = 366;
const PERIOD_DAYS = 28;

/** What the chart shows. */
export interface ConcurrencyChartProps {
  readonly title: string;
  readonly history: readonly DailyDemand[];
  readonly forecast: Forecast;
}

const SERIES = {
  maximum: 'daily maximum',
  median: 'daily median',
  moving: 'seven-day moving median',
  p50: 'forecast P50',
  p90: 'forecast P90',
  trend: 'linear trend along P90',
} as const;
const KEYS = ['maximum', 'median', 'moving', 'p50', 'p90', 'trend'] as const;
const COLORS: Readonly<Record<keyof typeof SERIES, string>> = {
  maximum: COLOR.grey,
  median: COLOR.sky,
  moving: COLOR.blue,
  p50: COLOR.orange,
  p90: COLOR.vermilion,
  trend: COLOR.ink,
};

/** Concurrency with the forecast and the trend along its P90, as in the proposal's figure. */
export function concurrencyChart({ title, history, forecast }: ConcurrencyChartProps): ChartSpec {
  // A day that the log begins or ends within looks quieter than it was.
  const known = history.filter(({ complete }) => complete);
  const days = (known.length === 0 ? history : known).slice(-MOST_DAYS);
  const { points, trend } = forecast;
  const x = (domainTitle: string | null) => ({
    field: 'date',
    type: 'temporal' as const,
    scale: { type: 'utc' as const },
    title: domainTitle,
    axis: { format: '%-d %b %Y', labelAngle: 0, tickCount: 8, labelOverlap: true, grid: false },
  });
  const y = {
    field: 'value',
    type: 'quantitative' as const,
    title: 'builds at once',
    scale: { zero: true, nice: true },
  };
  const rows = [
    ...days.flatMap(({ date, maximum, median, movingMedian7 }) => [
      { date, series: SERIES.maximum, value: maximum },
      { date, series: SERIES.median, value: median },
      { date, series: SERIES.moving, value: movingMedian7 },
    ]),
    ...points.flatMap(({ date, p50, p90 }) => [
      { date, series: SERIES.p50, value: p50 },
      { date, series: SERIES.p90, value: p90 },
    ]),
  ];
  const color = {
    field: 'series',
    type: 'nominal' as const,
    title: null,
    scale: { domain: Object.values(SERIES), range: KEYS.map((key) => COLORS[key]) },
  };
  const [marked, period] = periodMarks(forecast);
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: { text: title, subtitle: subtitleOf(days, history.length, forecast) },
    width: 1000,
    height: 420,
    layer: [
      {
        data: { values: points.map(({ date, p10, p90 }) => ({ date, p10, p90 })) },
        mark: { type: 'area', color: COLOR.orange, opacity: 0.18 },
        encoding: { x: x(null), y: { field: 'p10', type: 'quantitative' }, y2: { field: 'p90' } },
      },
      {
        // Days of which nothing is known are gaps in the lines.
        data: { values: rows },
        mark: { type: 'line', clip: true },
        encoding: {
          x: x(null),
          y,
          color,
          strokeWidth: { condition: { test: `datum.series === '${SERIES.moving}'`, value: 2.5 }, value: 1.2 },
        },
      },
      {
        data: { values: trendLine(points, trend).map((row) => ({ ...row, series: SERIES.trend })) },
        mark: { type: 'line', strokeDash: [6, 4], strokeWidth: 2 },
        encoding: { x: x(null), y, color },
      },
      {
        data: { values: marked },
        mark: { type: 'point', filled: true, size: 70, color: COLOR.ink },
        encoding: { x: x(null), y },
      },
      // White first, so that the lines behind do not run through the letters.
      ...[{ stroke: COLOR.white, strokeWidth: 5 }, {}].map((outline) => ({
        data: { values: period },
        mark: {
          type: 'text' as const,
          align: 'left' as const,
          baseline: 'bottom' as const,
          dx: 6,
          dy: -8,
          fontSize: 13,
          fontWeight: 600 as const,
          color: COLOR.ink,
          ...outline,
        },
        encoding: { x: x(null), y, text: { field: 'text' } },
      })),
    ],
  };
}

const trendLine = (points: Forecast['points'], { intercept, slopePerDay }: Forecast['trend']) =>
  points.flatMap(({ date }, day) =>
    day === 0 || day === points.length - 1 ? [{ date, value: intercept + day * slopePerDay }] : [],
  );

/** The two points that the 28-day coefficient is between, and what to write there. */
function periodMarks({ points, trend }: Forecast) {
  const first = points[0]?.date;
  if (first === undefined || points.length <= PERIOD_DAYS || Number.isNaN(trend.coefficient28))
    return [[], []] as const;
  const at = (day: number) => ({ date: addDays(first, day), value: trend.intercept + day * trend.slopePerDay });
  const sign = trend.coefficient28 < 0 ? '−' : '+';
  const text = `${sign}${(Math.abs(trend.coefficient28) * 100).toFixed(2)} % in 28 days`;
  return [[at(0), at(PERIOD_DAYS)], [{ ...at(PERIOD_DAYS), text }]] as const;
}

function subtitleOf(days: readonly DailyDemand[], all: number, { points }: Forecast): string {
  const shown = all > MOST_DAYS ? `the last ${days.length} of ${all} days` : `${days.length} days`;
  const last = points.at(-1)?.date ?? '';
  return `History of ${shown} to ${days.at(-1)?.date ?? ''}; forecast to ${last}, the band from P10 to P90`;
}
