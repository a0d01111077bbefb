/**
 * The figures of the 2019 proposal, "Resource requirements", as it prints them.
 *
 * @see https://www.mediawiki.org/wiki/Wikimedia_Release_Engineering_Team/Seakeeper_proposal
 */

/** Where a figure is from, in reports. */
export const SOURCE = 'Seakeeper proposal (2019), "Resource requirements"';

/** What machines offer: cores, gigabytes of memory, build slots. */
export interface Resources {
  readonly vcpu: number;
  readonly memoryG: number;
  readonly executors: number;
}

/** "Current VPS quotas": Jenkins agents of the flavor mediumram. */
export const INSTANCES = 17;

/** "Current VPS quotas": one agent. Its 80 G of disk are not scaled: disk follows each executor. */
export const INSTANCE: Resources = { vcpu: 8, memoryG: 24, executors: 4 };

/** "Build concurrency": growth between two points of the P90 forecast, 28 days apart. */
export const GROWTH_28_DAYS = 0.0492;

/** "Build concurrency": the length of one period, in days. */
export const PERIOD_DAYS = 28;

/** "Build concurrency": periods from `FORECAST_FROM` to the end of the fiscal year. */
export const PERIODS = 9;

/** "Build concurrency": the first of the two points, and so what growth counts from. */
export const FORECAST_FROM = '2019-10-23';

/** "New cluster resource estimation": the factor as printed, in `ceil(Q*1.443)`. */
// biome-ignore lint/suspicious/noApproximativeNumericConstant: the proposal's, and not the logarithm it is close to.
export const PRINTED_FACTOR = 1.443;

/** "New cluster resource estimation": the date as printed. A misprint: it is before `FORECAST_FROM`. */
export const PRINTED_TARGET_DATE = '2019-07-01';
