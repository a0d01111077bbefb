import type { Counter, Metric } from 'prom-client';
import { metrics as gateway } from '../../../services/gateway/metrics';
import { feedInterruptionsTotal } from '../../../services/reporter/metrics';
import { interruptionsTotal } from '../../../services/shared/observe';
import { workRetriesTotal } from '../../../services/shared/work-queue';
import type { World } from './world';

/** Sums of counters at one moment. */
export type Reading = ReadonlyMap<Metric, number>;

const COUNTERS: readonly Counter[] = [
  gateway.cutBytes,
  gateway.droppedOutput,
  gateway.quarantined,
  gateway.resends,
  gateway.streamEnds,
  gateway.sweeps,
  feedInterruptionsTotal,
  interruptionsTotal,
  workRetriesTotal,
];

/** Which counter moves when a call at a point fails. Calls from before a receipt are counted by the door, which is not run here. */
const OF_CALLS: readonly { readonly point: RegExp; readonly counters: readonly Counter[] }[] = [
  { point: /^gateway (search|comments|events-log)$/, counters: [gateway.sweeps, workRetriesTotal] },
  { point: /^gateway find-change$/, counters: [workRetriesTotal] },
  { point: /^trigger (create|find-tip|find-file|find-change|find-event|decision)$/, counters: [workRetriesTotal] },
  { point: /^reporter (review|find-change|patch)$/, counters: [workRetriesTotal] },
  { point: /^reporter feed$/, counters: [feedInterruptionsTotal] },
  { point: /^\w+ (list|watch)$/, counters: [interruptionsTotal] },
];

export async function readCounters(): Promise<Reading> {
  const sums = await Promise.all(
    COUNTERS.map(async (counter): Promise<[Counter, number]> => {
      const { values } = await counter.get();
      return [counter, values.reduce((sum, { value }) => sum + value, 0)];
    }),
  );
  return new Map(sums);
}

/** I15: whatever went wrong moved a counter. `before` was read before the world began. */
export async function visibilityViolations(
  { gerrit, bus, disk, links, crashes }: World,
  before: Reading,
): Promise<string[]> {
  const now = await readCounters();
  const moved = (counter: Counter) => (now.get(counter) ?? 0) > (before.get(counter) ?? 0);
  const unseen: string[] = [];
  const expect = (happened: boolean, what: string, ...counters: Counter[]) => {
    if (happened && !counters.some(moved)) {
      unseen.push(`I15: ${what} moves no counter`);
    }
  };
  expect(gerrit.breaks > 0, 'a broken stream', gateway.streamEnds);
  expect(gerrit.overflows > 0, 'dropped output', gateway.droppedOutput);
  expect(gerrit.babbles > 0, 'bytes that are no event', gateway.quarantined);
  expect(disk.tornBytes > 0, 'a torn write', gateway.cutBytes);
  // A gateway that begins anew sends for the first time again.
  expect(bus.lost > 0 && !crashes.includes('gateway'), 'a lost message', gateway.resends);
  for (const { failed } of Object.values(links)) {
    for (const point of failed.keys()) {
      const counters = OF_CALLS.find((row) => row.point.test(point))?.counters ?? [];
      expect(counters.length > 0, `a failed call at '${point}'`, ...counters);
    }
  }
  return unseen;
}
