import { memoryQuantity, parseQuantity } from '../../core/quantity';
import type { CapacityConfig } from './config';
import type { StorageRequirement } from './requirement';

/** Of stack config: what volumes are given, and how long things are kept. */
export interface StorageConfig {
  readonly artifactsSize: string;
  readonly ledgerSize: string;
  readonly artifactRetentionDays: number;
}

/** Runs a day, over all pools, on the day meant. */
export interface RunsPerDay {
  readonly perDay: number;
  readonly until: string;
}

/** Days the gateway's ledger keeps what is decided: the default of its configuration, which no stack changes. */
const LEDGER_RETENTION_DAYS = 14;

/** Sizes of the volumes that grow with the number of runs, on a day. */
export function storageOf(
  { capacity, system }: { capacity: CapacityConfig; system: StorageConfig },
  { perDay, until }: RunsPerDay,
): StorageRequirement[] {
  const volume = (name: string, perRun: string, days: number, configured: string): StorageRequirement => {
    const bytes = Math.ceil(perDay * days * parseQuantity(perRun));
    return {
      name,
      bytes,
      configured: parseQuantity(configured),
      source: `${perDay.toFixed(0)} runs a day until ${until} × ${perRun} × ${days} days = ${memoryQuantity(bytes)}`,
    };
  };
  const { artifactsPerRun, ledgerPerRun } = capacity.sizing;
  return [
    volume('artifacts and logs', artifactsPerRun, system.artifactRetentionDays, system.artifactsSize),
    volume('ledger', ledgerPerRun, LEDGER_RETENTION_DAYS, system.ledgerSize),
  ];
}
