import type { DemandFile, PoolDemand } from '../../../infra/capacity/demand-file';

/** Demand of a pool that stays the same for so many days. */
export function steadyPool(peak: number, overrides: Partial<PoolDemand> = {}, days = 60): PoolDemand {
  const constant = (value: number) => Array.from({ length: days }, () => value);
  return {
    builds: 10_000,
    perDay: 200,
    meanSeconds: 600,
    p50Seconds: 300,
    p95Seconds: 1800,
    shapes: [],
    forecast: { from: '2019-10-23', p50: constant(peak * 0.8), p90: constant(peak), busyHour: constant(peak * 0.5) },
    ...overrides,
  };
}

export const demandFile = (pools: DemandFile['pools']): DemandFile => ({
  version: 1,
  source: { file: 'builds.csv', builds: 10_000 },
  made: '2019-10-22',
  first: '2019-06-09',
  timeZone: 'UTC',
  method: 'by hand',
  warnings: [],
  pools,
});
