import { RunPool } from '../../../core/pool';
import type { Reading } from '../builds/types';
import type { Demand } from '../demand/types';
import type { DemandFile } from '../demand-file';
import { backtest } from '../forecast/backtest';
import { forecast } from '../forecast/forecast';
import type { Backtest, Forecast } from '../forecast/types';
import type { BuildColumns } from '../trace/build-columns';
import { peaksOf, poolDemand } from './pool-demand';

/** A log of builds, read. */
export interface BuildLog {
  /** Name of the file, without its folder. */
  readonly file: string;
  /** What a reader must know of it. */
  readonly note?: string;
  readonly reading: Reading;
  /** Of the whole log, and of each pool by the name in `columns`. */
  readonly demand: Demand;
  /** Sorted by start. */
  readonly columns: BuildColumns;
}

/** What was learned from a log. */
export interface LogAnalysis {
  readonly log: BuildLog;
  readonly whole: { readonly forecast: Forecast; readonly backtest: Backtest };
  /** Forecast of each pool with builds. */
  readonly pools: ReadonlyMap<RunPool, Forecast>;
  /** What sizing needs of it. */
  readonly demand: DemandFile;
  /** Everything odd, one line each, without repetition. */
  readonly warnings: readonly string[];
}

/**
 * Forecasts demand from a log and tests the forecast on the log's own past. Pure, and seconds of work. Throws one line when
 * the log has no build.
 */
export function analyseLog(log: BuildLog, options: { horizonDays: number }): LogAnalysis {
  const { reading, demand, columns, file, note } = log;
  const first = demand.whole.concurrency[0]?.date;
  const last = demand.whole.concurrency.at(-1)?.date;
  if (first === undefined || last === undefined || columns.length === 0) {
    throw new Error(`${file}: none of ${reading.rows} rows is a build; see what was refused, or give another file`);
  }
  if (demand.whole.concurrency.every(({ maximum }) => maximum === null)) {
    throw new Error(
      `${file}: every build ends when it starts, so none took a slot; export times that tell how long they ran`,
    );
  }
  const series = peaksOf(demand.whole.concurrency);
  const whole = { forecast: forecast(series, options), backtest: backtest(series) };
  const pools = new Map<RunPool, Forecast>();
  const poolDemands: DemandFile['pools'] = {};
  for (const pool of RunPool.options) {
    const history = demand.pools.get(pool)?.concurrency;
    if (history === undefined) continue;
    const ofPool = forecast(peaksOf(history), options);
    pools.set(pool, ofPool);
    poolDemands[pool] = poolDemand(columns, pool, { history, forecast: ofPool, timeZone: demand.timeZone });
  }
  const warnings = warningsOf(log, whole, pools);
  return {
    log,
    whole,
    pools,
    warnings,
    demand: {
      version: 1,
      source: { file, builds: columns.length, ...(note === undefined ? {} : { note }) },
      made: last,
      first,
      timeZone: demand.timeZone,
      method: whole.forecast.method,
      warnings: [...warnings],
      pools: poolDemands,
    },
  };
}

function warningsOf({ reading, demand }: BuildLog, whole: LogAnalysis['whole'], pools: LogAnalysis['pools']): string[] {
  const all = [reading, demand, whole.forecast, whole.backtest].flatMap(({ warnings }) =>
    warnings.map(({ message }) => message),
  );
  // What is true of the whole log is not said of each pool again.
  const ofPools = [...pools].flatMap(([pool, { warnings }]) =>
    warnings.filter(({ message }) => !all.includes(message)).map(({ message }) => `pool ${pool}: ${message}`),
  );
  return [...new Set([...all, ...ofPools])];
}
