import { RunPool } from '../../../core/pool';
import type { CapacityConfig } from '../config';
import { type DemandFile, daysOf, type PoolDemand } from '../demand-file';
import { dailyNeed, growthUntil } from '../executors';
import { slotAmount } from '../pool-requirement';
import { waitOf } from '../queueing/erlang-c';
import type { Requirement } from '../requirement';
import { simulateSlots } from '../simulation/simulate';
import type { BuildTrace, SimulationResult } from '../simulation/types';
import type { BuildColumns } from '../trace/build-columns';
import { growTrace } from '../trace/grow-trace';
import { toTrace } from '../trace/to-trace';
import { RECENT_DAYS } from './pool-demand';
import type { PoolWaits } from './waits-chart';

const MS_PER_DAY = 86_400_000;
/** Numbers of slots that are tried: so many, from a quarter to five quarters of what is required. */
const TRIED = 13;

/** Waits of a pool, with the simulations at the executors required. */
export interface SimulatedPool extends PoolWaits {
  readonly pool: RunPool;
  /** Builds as they came. */
  readonly asTheyCame: SimulationResult;
  /** With as many more as are expected on the target day. */
  readonly grown: SimulationResult;
  readonly growth: number;
}

/** Simulates the last four weeks of each pool with several numbers of slots. Columns must be sorted by start. */
export function simulatePools(
  columns: BuildColumns,
  { demand, requirement, capacity }: { demand: DemandFile; requirement: Requirement; capacity: CapacityConfig },
): SimulatedPool[] {
  const { until } = requirement;
  if (until === undefined) return [];
  const sinceMs = (columns.startMs[columns.length - 1] ?? 0) - RECENT_DAYS * MS_PER_DAY;
  return RunPool.options.flatMap((pool) => {
    const of = demand.pools[pool];
    const executors = requirement.pools.find((required) => required.pool === pool)?.executors ?? 0;
    if (of === undefined || executors === 0) return [];
    const trace = toTrace(columns, { pool, sinceMs, slot: slotAmount(capacity.executor) });
    return trace.arrival.length === 0 ? [] : [simulatePool(pool, trace, { of, executors, until, capacity })];
  });
}

function simulatePool(
  pool: RunPool,
  trace: BuildTrace,
  { of, executors, until, capacity }: { of: PoolDemand; executors: number; until: string; capacity: CapacityConfig },
): SimulatedPool {
  const { seconds } = capacity.sizing.wait;
  const growth = growthUntil(dailyNeed(of, capacity.sizing.wait), until);
  const grown = growTrace(trace, growth);
  const load = { erlangs: busiestUntil(of, until), meanSeconds: of.meanSeconds };
  const bounds = { goodWaitSeconds: seconds };
  const points = slotsAround(executors).map((slots) => ({
    slots,
    queueing: waitOf(slots, load, 0.95),
    simulated: simulateSlots(trace, slots, bounds).waits.p95,
    grown: simulateSlots(grown, slots, bounds).waits.p95,
  }));
  return {
    pool,
    points,
    executors,
    growth,
    asTheyCame: simulateSlots(trace, executors, bounds),
    grown: simulateSlots(grown, executors, bounds),
  };
}

const busiestUntil = ({ forecast }: PoolDemand, until: string): number =>
  daysOf(forecast).reduce((most, date, day) => (date <= until ? Math.max(most, forecast.busyHour[day] ?? 0) : most), 0);

function slotsAround(executors: number): number[] {
  const [from, to] = [Math.max(1, Math.floor(executors / 4)), Math.ceil(executors * 1.25)];
  const tried = Array.from({ length: TRIED }, (_, index) => Math.round(from + ((to - from) * index) / (TRIED - 1)));
  return [...new Set(tried)];
}
