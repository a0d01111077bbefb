import { runSchedule } from './run-schedule';
import type { Schedule } from './schedule';

/** Schedules that once broke something, as they were found, the smallest of their kind. */
const FOUND: readonly [what: string, schedule: Schedule][] = [
  [
    'an event that comes while its change is being read, in the second of what was read',
    {
      seed: 471651537,
      log: 'there',
      steps: [
        { afterMs: 0, deed: { kind: 'push' } },
        { afterMs: 444, deed: { kind: 'patch-set', change: 0 } },
        { afterMs: 0, deed: { kind: 'comment', change: 0, words: ['recheck', 'recheck'], inReplyBox: false } },
        {
          afterMs: 3,
          deed: { kind: 'comment', change: 0, words: ['recheck', 'recheck', 'recheck'], inReplyBox: false },
        },
        { afterMs: 11, deed: { kind: 'topic', change: 0 } },
        { afterMs: 0, deed: { kind: 'bus', does: 'loses', count: 1 } },
      ],
    },
  ],
  [
    'a decision whose answer is lost, before the definition becomes another',
    {
      seed: 0,
      log: 'there',
      steps: [
        { afterMs: 0, deed: { kind: 'define', definition: 'none' } },
        { afterMs: 580, deed: { kind: 'push' } },
        { afterMs: 0, deed: { kind: 'move-ref' } },
        { afterMs: 0, deed: { kind: 'bus', does: 'loses', count: 1 } },
        { afterMs: 3496, deed: { kind: 'define', definition: 'good' } },
        { afterMs: 50, deed: { kind: 'crash', service: 'gateway', power: false, downMs: 3000 } },
        { afterMs: 0, deed: { kind: 'move-ref' } },
      ],
    },
  ],
];

test.each(FOUND)('%s breaks nothing', async (_what, schedule) => {
  expect(await runSchedule(schedule)).toEqual([]);
});
