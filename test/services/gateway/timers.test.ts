import fc from 'fast-check';
import { CronSchedule } from '../../../core/cron-schedule';
import { eventKey } from '../../../core/event-key';
import type { GerritEvent } from '../../../core/gerrit-event';
import { Pipelines } from '../../../core/pipeline';
import { compileCoarseFilter } from '../../../services/gateway/decide-coarse-filter';
import { turnOf } from '../../../services/gateway/plan-timer';
import { Timers } from '../../../services/gateway/timers';
import type { ProjectTips } from '../../../services/shared/list-tips';
import { VirtualClock } from '../../scenarios/event-path/virtual-clock';
import { SERVER, silent } from './gateway-fixture';

const MINUTE = 60_000;
const START = Date.parse('2026-11-30T12:04:00Z');
const TIME = '*/10 * * * *';
const JITTER_SECONDS = 120;
const PERIOD = 10 * MINUTE;
const pipelines = Pipelines.parse([
  {
    name: 'nightly',
    triggers: [
      { event: 'timer', time: TIME, jitterSeconds: JITTER_SECONDS, branch: { plain: 'main' }, project: '^ours/' },
    ],
  },
]);
const filter = compileCoarseFilter({ pipelines, account: 'ci' });
const MAIN = { 'refs/heads/main': 'a'.repeat(40) };
const PROJECTS: readonly ProjectTips[] = [
  { name: 'ours/one', state: 'ACTIVE', tips: MAIN },
  { name: 'ours/two', state: 'ACTIVE', tips: MAIN },
  { name: 'ours/archived', state: 'READ_ONLY', tips: MAIN },
  { name: 'ours/branchless', state: 'ACTIVE', tips: {} },
  { name: 'theirs/one', state: 'ACTIVE', tips: MAIN },
];
const WANTED = ['ours/one', 'ours/two'];

/** What is on disk outlives every gateway. */
class World {
  readonly known = new Set<string>();
  /** Events as they were recorded, and when. */
  readonly recorded: { readonly event: GerritEvent; readonly at: number }[] = [];
  isGerritDown = false;

  start(signal: AbortSignal): void {
    const record = async (event: GerritEvent) => {
      const key = eventKey(SERVER, event) ?? '';
      // What a process that is gone was about to write is not written.
      if (signal.aborted || this.known.has(key)) return 'known' as const;
      this.known.add(key);
      if (event.type === 'timer') this.recorded.push({ event, at: Date.now() });
      return 'recorded' as const;
    };
    const world = this;
    const timers = new Timers({
      server: SERVER,
      pipelines,
      retentionDays: 14,
      gerrit: {
        async *listTips() {
          if (world.isGerritDown) throw new Error('Gerrit is away');
          yield* PROJECTS;
        },
      },
      filter,
      ledger: { knows: (key) => this.known.has(key), recordEvent: async (_key, event) => record(event) },
      intake: { takeEvent: record },
      log: silent,
      signal,
    });
    void timers.run();
  }

  /** Projects that were told of an instant. */
  toldOf(instant: number): string[] {
    const at = new Date(instant).toISOString();
    return this.recorded
      .filter(({ event }) => event.timer?.at === at)
      .map(({ event }) => event.refUpdate?.project ?? '');
  }
}

let clock: VirtualClock;
let uninstall: () => void;

function begin(): World {
  clock = new VirtualClock(START);
  uninstall = clock.install(() => 0.5);
  return new World();
}

/** Runs a gateway for a while and ends it where it is. */
async function live(world: World, forMs: number): Promise<void> {
  const stopping = new AbortController();
  world.start(stopping.signal);
  await clock.advance(forMs);
  stopping.abort();
}

test('an instant becomes one event for each branch that a pipeline wants, in its turn', async () => {
  const world = begin();
  try {
    await live(world, 20 * MINUTE);
  } finally {
    uninstall();
  }

  expect(world.toldOf(START - 4 * MINUTE)).toEqual([]);
  expect(world.toldOf(START + 6 * MINUTE).sort()).toEqual(WANTED);
  expect(world.recorded.map(({ event, at }) => at - turnOf(event)).every((late) => late >= 0 && late <= 1)).toBe(true);
});

test('an instant that Gerrit was away for is told when it is back', async () => {
  const world = begin();
  try {
    const stopping = new AbortController();
    world.start(stopping.signal);
    world.isGerritDown = true;
    await clock.advance(10 * MINUTE);
    expect(world.recorded).toEqual([]);
    world.isGerritDown = false;
    await clock.advance(4 * MINUTE);
    stopping.abort();
  } finally {
    uninstall();
  }

  expect(world.toldOf(START + 6 * MINUTE).sort()).toEqual(WANTED);
});

const lives = fc.array(
  fc.record({ upMs: fc.integer({ min: 1, max: 25 * MINUTE }), downMs: fc.integer({ min: 0, max: 35 * MINUTE }) }),
  { minLength: 1, maxLength: 8 },
);

test('each instant is told once over restarts, and of missed ones the last is made up for', async () => {
  await fc.assert(
    fc.asyncProperty(lives, async (steps) => {
      const world = begin();
      const up: { readonly from: number; readonly to: number }[] = [];
      try {
        for (const { upMs, downMs } of steps) {
          up.push({ from: clock.now, to: clock.now + upMs });
          await live(world, upMs);
          await clock.advance(downMs);
        }
      } finally {
        uninstall();
      }
      const keys = world.recorded.map(({ event }) => eventKey(SERVER, event));
      expect(new Set(keys).size).toBe(keys.length);
      const schedule = CronSchedule.parse(TIME);
      const first = schedule.ok ? (schedule.value.next(START) ?? 0) : 0;
      for (let instant = first; instant < clock.now; instant += PERIOD) {
        const told = world.toldOf(instant).sort();
        // Whoever was there for the whole of it has told it, and who came before the next one has made up for it.
        const wasThere = up.some(({ from, to }) => {
          const begins = Math.max(from, instant);
          return (
            begins < instant + PERIOD &&
            to - begins > JITTER_SECONDS * 1000 + MINUTE &&
            begins + JITTER_SECONDS * 1000 + MINUTE < instant + PERIOD
          );
        });
        if (wasThere) {
          expect({ instant, told }).toEqual({ instant, told: WANTED });
        }
        // Begun by a gateway that lived before the next instant; one that came later leaves it.
        if (!up.some(({ from, to }) => from < instant + PERIOD && to > instant)) {
          expect({ instant, told }).toEqual({ instant, told: [] });
        }
      }
    }),
    { numRuns: 60 },
  );
});
