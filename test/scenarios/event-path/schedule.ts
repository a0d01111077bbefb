import fc from 'fast-check';
import { BAD_DEFINITION, GOOD_DEFINITION } from './fixtures';
import type { LogMode } from './model-events-log';
import type { Change } from './model-gerrit';
import type { Breakage, ServiceName, World } from './world';

/** Points at which a process can be made to die: both ends of each call, and both sides of what a disk does. */
export const CRASH_POINTS: Readonly<Record<ServiceName, readonly string[]>> = {
  gateway: [
    'gateway write',
    'gateway sync',
    'gateway create',
    'gateway created',
    'gateway send',
    'gateway search answered',
    'gateway find-change answered',
    'gateway events-log answered',
  ],
  trigger: [
    'trigger receipt sent',
    'trigger receipt answered',
    'trigger find-tip answered',
    'trigger create sent',
    'trigger create answered',
    'trigger decision sent',
    'trigger decision answered',
    'trigger patch sent',
    'trigger patch answered',
  ],
  reporter: [
    'reporter find-run answered',
    'reporter find-change answered',
    'reporter review sent',
    'reporter review answered',
    'reporter patch sent',
    'reporter patch answered',
    'reporter feed answered',
  ],
};

/** What happens next: what people do, or what goes wrong. */
export type Deed =
  | { readonly kind: 'push' | 'move-ref' }
  | { readonly kind: 'patch-set' | 'topic' | 'abandon' | 'restore' | 'merge'; readonly change: number }
  | {
      readonly kind: 'comment';
      readonly change: number;
      readonly words: readonly string[];
      readonly inReplyBox: boolean;
    }
  | { readonly kind: 'define'; readonly definition: 'good' | 'bad' | 'none' }
  | { readonly kind: 'run-ends'; readonly phase: 'Succeeded' | 'Failed' | 'Error' }
  | { readonly kind: 'disconnect' }
  /** Killed, with the last moment of its index; up again after `downMs`, indexed again `reindexMs` later. */
  | { readonly kind: 'gerrit-dies'; readonly lostMs: number; readonly downMs: number; readonly reindexMs: number }
  | { readonly kind: 'drop-events'; readonly count: number }
  | { readonly kind: 'babble' | 'swap-lines' | 'disk-fails' | 'expire-watches' }
  | { readonly kind: 'repeat-line'; readonly count: number }
  | { readonly kind: 'bus'; readonly does: 'loses' | 'doubles' | 'delays'; readonly count: number }
  | { readonly kind: 'link-down'; readonly link: Breakage; readonly forMs: number }
  | { readonly kind: 'lose-answers'; readonly link: Breakage; readonly count: number }
  | { readonly kind: 'crash'; readonly service: ServiceName; readonly power: boolean; readonly downMs: number }
  | {
      readonly kind: 'crash-at';
      readonly service: ServiceName;
      readonly point: string;
      readonly after: number;
      readonly power: boolean;
      readonly downMs: number;
    };

export interface Step {
  readonly afterMs: number;
  readonly deed: Deed;
}

export interface Schedule {
  /** What is left to chance: latencies, how much of a torn write is left, jitter. */
  readonly seed: number;
  /** Whether Gerrit has the plug-in events-log. */
  readonly log: LogMode;
  readonly steps: readonly Step[];
}

/** Few, so that things happen to the same one. */
const MOST_CHANGES = 4;

const count = fc.integer({ min: 1, max: 4 });
const change = fc.nat({ max: MOST_CHANGES - 1 });
const downMs = fc.oneof(fc.integer({ min: 100, max: 3_000 }), fc.integer({ min: 3_000, max: 200_000 }));
const service = fc.constantFrom<ServiceName>('gateway', 'trigger', 'reporter');
const link = fc.constantFrom<Breakage>('gerrit', 'kube', 'ledger');
const words = fc.constantFrom('recheck', 'recheck', 'hello', 'cancel');

const people: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Deed>({ kind: 'push' }) },
  { weight: 2, arbitrary: fc.constant<Deed>({ kind: 'move-ref' }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'patch-set' as const,
        'patch-set' as const,
        'topic' as const,
        'abandon' as const,
        'restore' as const,
        'merge' as const,
      ),
      change,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('comment' as const),
      change,
      words: fc.array(words, { minLength: 1, maxLength: 3 }),
      inReplyBox: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('define' as const),
      definition: fc.constantFrom('good' as const, 'good' as const, 'bad' as const, 'none' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('run-ends' as const),
      phase: fc.constantFrom('Failed' as const, 'Error' as const, 'Succeeded' as const),
    }),
  },
);

const crashAt: fc.Arbitrary<Deed> = service.chain((name) =>
  fc.record({
    kind: fc.constant('crash-at' as const),
    service: fc.constant(name),
    point: fc.constantFrom(...CRASH_POINTS[name]),
    after: fc.nat({ max: 4 }),
    power: fc.boolean(),
    downMs,
  }),
);

const faults: fc.Arbitrary<Deed> = fc.oneof(
  fc.constantFrom<Deed>(
    { kind: 'disconnect' },
    { kind: 'disconnect' },
    { kind: 'babble' },
    { kind: 'swap-lines' },
    { kind: 'disk-fails' },
    { kind: 'expire-watches' },
  ),
  fc.record({ kind: fc.constantFrom('drop-events' as const, 'repeat-line' as const), count }),
  fc.record({
    kind: fc.constant('bus' as const),
    does: fc.constantFrom('loses' as const, 'doubles' as const, 'delays' as const),
    count,
  }),
  fc.record({ kind: fc.constant('link-down' as const), link, forMs: downMs }),
  fc.record({
    kind: fc.constant('gerrit-dies' as const),
    lostMs: fc.nat({ max: 10_000 }),
    downMs,
    reindexMs: fc.nat({ max: 30 * 60_000 }),
  }),
  fc.record({ kind: fc.constant('lose-answers' as const), link, count }),
  fc.record({ kind: fc.constant('crash' as const), service, power: fc.boolean(), downMs }),
  crashAt,
  crashAt,
);

const afterMs = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat({ max: 100 }) },
  { weight: 4, arbitrary: fc.nat({ max: 4_000 }) },
  { weight: 1, arbitrary: fc.nat({ max: 200_000 }) },
);

/** Anything that people do and that goes wrong, in any order. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.nat(),
  log: fc.constantFrom('there' as const, 'there' as const, 'none' as const, 'refused' as const),
  steps: fc.array(fc.record({ afterMs, deed: fc.oneof(people, faults) }), { minLength: 4, maxLength: 24, size: 'max' }),
});

/** Does a deed; one on a change that is not there is not done. */
export function perform(world: World, deed: Deed): void {
  const { gerrit, bus, links, kube, clock, medium } = world;
  const on = (number: number, work: (change: Change) => void) => {
    const found = gerrit.changes[number];
    if (found !== undefined) {
      work(found);
    }
  };
  switch (deed.kind) {
    case 'push':
      if (gerrit.changes.length < MOST_CHANGES) {
        gerrit.push();
      }
      break;
    case 'move-ref':
      gerrit.moveRef();
      break;
    case 'patch-set':
      on(deed.change, (found) => gerrit.pushPatchSet(found));
      break;
    case 'topic':
      on(deed.change, (found) => gerrit.topic(found));
      break;
    case 'abandon':
      on(deed.change, (found) => gerrit.abandon(found));
      break;
    case 'restore':
      on(deed.change, (found) => gerrit.restore(found));
      break;
    case 'merge':
      on(deed.change, (found) => gerrit.merge(found));
      break;
    case 'comment':
      on(deed.change, (found) => {
        for (const word of deed.words) {
          gerrit.comment(found, word, deed.inReplyBox);
        }
      });
      break;
    case 'define':
      gerrit.define({ good: GOOD_DEFINITION, bad: BAD_DEFINITION, none: undefined }[deed.definition]);
      break;
    case 'run-ends':
      kube.nextPhases.push(deed.phase);
      break;
    case 'disconnect':
      gerrit.disconnect();
      break;
    case 'gerrit-dies':
      gerrit.die(deed.lostMs);
      goDown(world, 'gerrit', deed.downMs);
      clock.start(() => gerrit.reindex(), deed.downMs + deed.reindexMs);
      break;
    case 'drop-events':
      gerrit.drops = deed.count;
      break;
    case 'babble':
      gerrit.babble(Buffer.from([0xff, 0x00, 0x7b, 0x0a]));
      break;
    case 'swap-lines':
      gerrit.swaps = true;
      break;
    case 'repeat-line':
      gerrit.repeats = deed.count;
      break;
    case 'disk-fails':
      world.disk.isBroken = true;
      break;
    case 'expire-watches':
      kube.compact();
      break;
    case 'bus':
      bus[deed.does] += deed.count;
      break;
    case 'link-down':
      goDown(world, deed.link, deed.forMs);
      break;
    case 'lose-answers':
      links[deed.link].losesAnswers += deed.count;
      break;
    case 'crash':
      world.crash(deed.service, deed.power, deed.downMs);
      break;
    case 'crash-at':
      medium.crashPoints.push({
        point: deed.point,
        after: deed.after,
        crash: () => world.crash(deed.service, deed.power, deed.downMs),
      });
      break;
  }
}

function goDown({ links, clock }: World, name: Breakage, forMs: number): void {
  const link = links[name];
  link.isDown = true;
  clock.start(() => {
    link.isDown = false;
  }, forMs);
}
