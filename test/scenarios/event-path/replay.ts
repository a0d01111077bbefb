import { inspect } from 'node:util';
import type { RunDetails } from 'fast-check';
import type { Schedule } from './schedule';

/** What a person needs of a failure: what was violated, by which schedule, and how to see it again. */
export function describeFailure({
  counterexample,
  counterexamplePath,
  seed,
  numRuns,
  errorInstance,
}: RunDetails<[Schedule]>): string {
  const schedule = inspect(counterexample?.[0], { depth: null, maxArrayLength: null, breakLength: 120 });
  return [
    errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
    `seed ${seed}, path ${counterexamplePath}, after ${numRuns} schedules:`,
    schedule.replaceAll('[Object: null prototype] ', ''),
    `again: SEAKEEPER_SEED=${seed} SEAKEEPER_SCHEDULES=${numRuns} npm run test:unit -- event-path`,
  ].join('\n');
}
