import fc from 'fast-check';
import { z } from 'zod';
import { metrics } from '../../../services/gateway/metrics';
import type { LogMode } from './model-events-log';
import { runSchedule } from './run-schedule';
import { type Deed, type Schedule, schedules } from './schedule';
import type { World } from './world';

/** Schedules of a few deeds each, between which everything comes about that can go wrong with them. */
const around = (deeds: readonly Deed[], mostMs = 3_000, log: LogMode = 'none'): fc.Arbitrary<Schedule> =>
  fc.record({
    seed: fc.nat(),
    log: fc.constant(log),
    steps: fc.tuple(...deeds.map((deed) => fc.record({ afterMs: fc.nat({ max: mostMs }), deed: fc.constant(deed) }))),
  });
const push: Deed = { kind: 'push' };
const crashAt = (service: 'gateway' | 'reporter', point: string): Deed => ({
  kind: 'crash-at',
  service,
  point,
  after: 0,
  power: true,
  downMs: 200_000,
});

/** What one of our promises rests on, taken away, and the promise that must then be seen to break. */
const BROKEN: readonly [what: string, promise: string, over: fc.Arbitrary<Schedule>, alter: (world: World) => void][] =
  [
    [
      'a gateway whose disk forgets what it said was synced',
      'I8',
      around([push, push, { kind: 'crash', service: 'gateway', power: true, downMs: 150_000 }]),
      ({ disk }) => {
        disk.syncs = false;
      },
    ],
    [
      'a search that lags behind by more than is read again',
      'I1',
      around([push, push, push], 300_000),
      ({ gerrit }) => {
        gerrit.send = () => undefined;
        gerrit.mostIndexLagMs = 600_000;
      },
    ],
    [
      'an index that nobody mends after a Gerrit that was killed',
      'I1',
      around([{ kind: 'disconnect' }, push, { kind: 'gerrit-dies', lostMs: 10_000, downMs: 5_000, reindexMs: 0 }]),
      ({ gerrit }) => {
        gerrit.reindex = () => undefined;
      },
    ],
    [
      'an events-log whose rows come later than is read again',
      'I1',
      around([{ kind: 'disconnect' }, { kind: 'move-ref' }, { kind: 'move-ref' }], 600_000, 'there'),
      ({ gerrit }) => {
        const { eventsLog } = gerrit;
        const rowsBetween = eventsLog.rowsBetween.bind(eventsLog);
        gerrit.eventsLog.rowsBetween = async (slice) => {
          const answer = await rowsBetween(slice);
          return answer.kind === 'rows' && answer.now - slice.to < 420_000 ? { ...answer, rows: [] } : answer;
        };
      },
    ],
    [
      'an API server that gives one name to two',
      'I2',
      around([{ kind: 'lose-answers', link: 'kube', count: 1 }, push, push]),
      ({ kube }) => {
        kube.allowsTwins = true;
      },
    ],
    [
      'a reporter that does not read back what it said',
      'I2',
      around([push, crashAt('reporter', 'reporter review answered')]),
      ({ gerrit }) => {
        const { findChange } = gerrit;
        gerrit.findChange = async (project, number) => {
          const found = await findChange(project, number);
          return found && { ...found, messages: [] };
        };
      },
    ],
    [
      'a reporter that knows each change as it was at first',
      'I3',
      around([push, { kind: 'patch-set', change: 0 }]),
      ({ gerrit }) => {
        const { findChange } = gerrit;
        const first = new Map<number, Awaited<ReturnType<typeof findChange>>>();
        gerrit.findChange = async (project, number) => {
          const found = first.get(number) ?? (await findChange(project, number));
          first.set(number, found);
          return found;
        };
      },
    ],
    [
      'a Gerrit that answers every review and keeps none',
      'I11',
      around([push, push]),
      ({ gerrit }) => {
        gerrit.postReview = async () => ({ kind: 'posted' });
      },
    ],
    [
      'an API server that takes an order to stop and stops nothing',
      'I11',
      around([push, { kind: 'abandon', change: 0 }]),
      ({ kube }) => {
        const patch = kube.patch.bind(kube);
        kube.patch = (path, body) => patch(path, z.object({ metadata: z.unknown() }).parse(body));
      },
    ],
    [
      'a counter that does not count',
      'I15',
      around([push, { kind: 'disconnect' }]),
      () => {
        jest.spyOn(metrics.streamEnds, 'inc').mockImplementation(() => undefined);
      },
    ],
  ];

afterEach(() => {
  jest.restoreAllMocks();
});

test.each(BROKEN)('%s is seen to break %s', async (_what, promise, over, alter) => {
  const seen: string[] = [];
  const property = fc.asyncProperty(over, async (schedule) => {
    const violations = await runSchedule(schedule, alter);
    seen.push(...violations);
    return !violations.some((violation) => violation.startsWith(promise));
  });

  const { failed } = await fc.check(property, { seed: 1, numRuns: 20, endOnFailure: true });

  expect({ failed, seen: failed ? [] : seen }).toEqual({ failed: true, seen: [] });
});

test('a failure is found again by its seed and path', async () => {
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const violations = await runSchedule(schedule, ({ gerrit }) => {
      gerrit.postReview = async () => ({ kind: 'posted' });
    });
    return violations.length === 0;
  });
  const first = await fc.check(property, { seed: 3, numRuns: 30, endOnFailure: true });
  const { seed, counterexamplePath } = first;

  const again = await fc.check(property, { seed, path: counterexamplePath ?? '', numRuns: 1, endOnFailure: true });

  expect(first.failed).toBe(true);
  expect(again.counterexample).toEqual(first.counterexample);
});
