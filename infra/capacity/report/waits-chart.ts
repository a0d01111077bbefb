import { CHART_CONFIG, type ChartSpec, COLOR, VEGA_LITE_SCHEMA } from './chart-style';

/** Waits with so many slots, in seconds: what 95 % of builds wait at most. */
export interface WaitPoint {
  readonly slots: number;
  /** By Erlang C, in the busiest hour of the target day at P90. */
  readonly queueing: number;
  /** In a simulation of the builds as they came. */
  readonly simulated: number;
  /** The same with as many more builds as are expected. */
  readonly grown: number;
}

/** Waits of one pool. */
export interface PoolWaits {
  readonly pool: string;
  readonly points: readonly WaitPoint[];
  /** Slots the requirement gives it. */
  readonly executors: number;
}

/** What the chart shows. */
export interface WaitsChartProps {
  readonly pools: readonly PoolWaits[];
  /** Longest good wait, in seconds. */
  readonly goalSeconds: number;
  readonly subtitle: string;
}

const SERIES = {
  queueing: 'Erlang C, busiest hour at P90',
  simulated: 'simulation, builds as they came',
  grown: 'simulation, grown to the target day',
} as const;
const LINES = { goal: 'wait goal', executors: 'executors required' } as const;
/** Two hours: where a wait is this long it does not matter how long. */
const LONGEST = 7200;

/** Wait against the number of slots, a panel a pool. */
export function waitsChart({ pools, goalSeconds, subtitle }: WaitsChartProps): ChartSpec {
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: { text: 'How long 95 % of builds wait at most, by number of slots', subtitle },
    columns: Math.min(2, pools.length),
    spacing: 36,
    concat: pools.map((pool) => panel(pool, goalSeconds, pools.length === 1 ? 1000 : 470)),
  };
}

function panel({ pool, points, executors }: PoolWaits, goalSeconds: number, width: number) {
  const rows = points.flatMap(({ slots, ...waits }) =>
    (['queueing', 'simulated', 'grown'] as const).map((key) => ({
      slots,
      series: SERIES[key],
      wait: Math.min(LONGEST, waits[key]),
    })),
  );
  const slots = points.map((point) => point.slots);
  const x = {
    field: 'slots',
    type: 'quantitative' as const,
    title: 'build slots',
    scale: { domain: [Math.min(...slots), Math.max(...slots, executors)], nice: false, zero: false },
    axis: { tickMinStep: 1, grid: false },
  };
  const y = {
    field: 'wait',
    type: 'quantitative' as const,
    title: 'wait (seconds)',
    scale: { type: 'symlog' as const, constant: 10, domain: [0, LONGEST] },
    axis: { values: [0, 10, 30, 60, 300, 900, 1800, 3600, 7200] },
  };
  const color = {
    field: 'series',
    type: 'nominal' as const,
    title: null,
    scale: {
      domain: [...Object.values(SERIES), ...Object.values(LINES)],
      range: [COLOR.blue, COLOR.green, COLOR.vermilion, COLOR.grey, COLOR.ink],
    },
    legend: { columns: 3 },
  };
  return {
    title: { text: `pool ${pool}: ${executors} executors`, fontSize: 13, offset: 6 },
    width,
    height: 260,
    layer: [
      {
        data: { values: [{ wait: goalSeconds, series: LINES.goal }] },
        mark: { type: 'rule' as const, strokeDash: [5, 4], strokeWidth: 1.5 },
        encoding: { y, color },
      },
      {
        data: { values: [{ slots: executors, series: LINES.executors }] },
        mark: { type: 'rule' as const, strokeWidth: 1.5 },
        encoding: { x, color },
      },
      {
        data: { values: rows },
        mark: { type: 'line' as const, point: { size: 22 }, clip: true },
        encoding: {
          x,
          y,
          color,
          // Where growth is small the two simulations lie on each other: the one behind is wider.
          strokeWidth: { condition: { test: `datum.series === '${SERIES.simulated}'`, value: 5 }, value: 2 },
        },
      },
    ],
  };
}
