import fc from 'fast-check';
import { metrics } from '../../../../services/gateway/metrics';
import { Replication } from '../../../../services/gateway/replication/replication';
import { silent } from '../gateway-fixture';

const STANDBYS = ['b', 'c'] as const;
type Standby = (typeof STANDBYS)[number];

const place = (offset: number) => ({ segment: 1, offset });

/** A leader whose disk, standbys and lease are numbers. The lease is written as by the API server: late, or unheard. */
class World {
  now = 0;
  end = 100;
  /** Highest place of which anybody was told. */
  told = 0;
  /** Whom the lease lets take over. */
  lease = new Set<string>(['left from the last leader']);
  readonly held: Record<Standby, number> = { b: 0, c: 0 };
  readonly given: Record<Standby, number> = { b: 0, c: 0 };
  readonly replication: Replication;
  /** A write that is under way: what it says, and how it ends for us. */
  private writing: { ids: readonly string[]; resolve: () => void; reject: (error: Error) => void } | undefined;
  /** A write we gave up that the server may still do, until a later one has succeeded. */
  private ghost: readonly string[] | undefined;

  constructor() {
    this.replication = new Replication({
      end: () => place(this.end),
      now: () => this.now,
      log: silent,
      record: (ids) =>
        new Promise((resolve, reject) => {
          this.writing = { ids, resolve, reject };
        }),
    });
  }

  async start(): Promise<void> {
    const started = this.replication.start();
    this.answer('done');
    await started;
  }

  write(bytes: number): void {
    this.end += bytes;
  }

  ask(standby: Standby): void {
    this.replication.asked(standby, place(this.held[standby]));
    this.given[standby] = this.end;
  }

  persist(standby: Standby): void {
    this.held[standby] = Math.max(this.held[standby], this.given[standby]);
  }

  commit(): void {
    const target = this.end;
    void this.replication.commit().then(() => {
      this.told = Math.max(this.told, target);
    });
  }

  answer(how: 'done' | 'refused' | 'done-unheard' | 'given-up'): void {
    const { writing } = this;
    this.writing = undefined;
    if (writing === undefined) {
      return;
    }
    if (how === 'done' || how === 'done-unheard') {
      this.lease = new Set(writing.ids);
      this.ghost = undefined;
    }
    if (how === 'given-up') {
      this.ghost = writing.ids;
    }
    if (how === 'done') {
      writing.resolve();
    } else {
      writing.reject(new Error('no answer'));
    }
  }

  haunt(): void {
    this.lease = this.ghost === undefined ? this.lease : new Set(this.ghost);
    this.ghost = undefined;
  }

  /** Those who could take over now and would not know what somebody was told. */
  get ignorant(): string[] {
    return STANDBYS.filter((standby) => this.lease.has(standby) && this.held[standby] < this.told);
  }
}

const standby = fc.constantFrom(...STANDBYS);
type Step = (world: World) => unknown;
const named = (name: string, step: Step): Step => Object.assign(step, { [fc.toStringMethod]: () => name });
const steps = fc.oneof(
  fc.integer({ min: 1, max: 3_000_000 }).map((bytes) => named(`write ${bytes}`, (world) => world.write(bytes))),
  fc.integer({ min: 1, max: 300 }).map((bytes) => named(`write ${bytes}`, (world) => world.write(bytes))),
  standby.map((one) => named(`${one} asks`, (world) => world.ask(one))),
  standby.map((one) => named(`${one} persists`, (world) => world.persist(one))),
  standby.map((one) =>
    named(`${one} follows`, (world) => {
      world.ask(one);
      world.persist(one);
      world.ask(one);
    }),
  ),
  fc.constant(named('commit', (world) => world.commit())),
  fc
    .constantFrom('done' as const, 'done' as const, 'refused' as const, 'done-unheard' as const, 'given-up' as const)
    .map((how) => named(`lease: ${how}`, (world) => world.answer(how))),
  fc.constant(named('a late write', (world) => world.haunt())),
  fc.integer({ min: 100, max: 6_000 }).map((ms) =>
    named(`${ms} ms`, async (world) => {
      world.now += ms;
      await jest.advanceTimersByTimeAsync(500);
    }),
  ),
);

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Time in which a standby asks all the while, and the lease answers. */
async function settle(world: World, asking: readonly Standby[], ms = 10_000): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    for (const one of asking) {
      world.ask(one);
      world.persist(one);
      world.ask(one);
    }
    world.now += 500;
    await jest.advanceTimersByTimeAsync(500);
    world.answer('done');
    await jest.advanceTimersByTimeAsync(0);
  }
}

async function started(): Promise<World> {
  const world = new World();
  await world.start();
  return world;
}

describe('nobody is told what a replica that may take over does not have', () => {
  test('whatever is written, copied, lost on the way to the lease, or late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 80 }), async (schedule) => {
        const world = await started();
        for (const step of schedule) {
          await step(world);
          await jest.advanceTimersByTimeAsync(0);
          expect(world.ignorant).toEqual([]);
        }
        world.replication.stop();
      }),
      { numRuns: 2_000 },
    );
  });

  test('and whoever waits is told in the end, whatever the standbys do, once the lease can be written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 40 }), fc.subarray([...STANDBYS]), async (schedule, asking) => {
        const world = await started();
        for (const step of schedule) {
          await step(world);
          await jest.advanceTimersByTimeAsync(0);
        }
        world.commit();
        const { end } = world;
        await settle(world, asking);
        expect(world.told).toBeGreaterThanOrEqual(end);
        expect(world.ignorant).toEqual([]);
        world.replication.stop();
      }),
      { numRuns: 200 },
    );
  });
});

describe('a standby', () => {
  test('that has copied everything is named in the lease, and answers wait for it', async () => {
    const world = await started();
    await settle(world, ['b'], 2_000);
    expect([...world.lease]).toEqual(['b']);
    expect((await metrics.standbysInStep.get()).values[0]?.value).toBe(1);

    world.write(10);
    world.commit();
    await jest.advanceTimersByTimeAsync(0);
    expect(world.told).toBe(0);

    world.ask('b');
    world.persist('b');
    world.ask('b');
    await jest.advanceTimersByTimeAsync(0);
    expect(world.told).toBe(world.end);
    world.replication.stop();
  });

  test('that falls silent is taken from the lease first, and then answers go out without it', async () => {
    const world = await started();
    await settle(world, ['b'], 2_000);
    world.write(10);
    world.commit();

    world.now += 4_500;
    await jest.advanceTimersByTimeAsync(500);
    expect(world.told).toBe(0);
    world.answer('done');
    await jest.advanceTimersByTimeAsync(0);

    expect([...world.lease]).toEqual([]);
    expect(world.told).toBe(world.end);
    world.replication.stop();
  });

  test('that asks and does not follow is not waited for either, nor again for a while', async () => {
    const world = await started();
    await settle(world, ['b'], 2_000);
    world.write(10);
    world.commit();
    for (let passed = 0; passed < 6_000; passed += 500) {
      world.replication.asked('b', place(world.held.b));
      world.now += 500;
      await jest.advanceTimersByTimeAsync(500);
      world.answer('done');
      await jest.advanceTimersByTimeAsync(0);
    }
    expect(world.told).toBe(world.end);

    await settle(world, ['b'], 5_000);
    expect([...world.lease]).toEqual([]);
    await settle(world, ['b'], 40_000);
    expect([...world.lease]).toEqual(['b']);
    world.replication.stop();
  });

  test('whose disk has lost what it confirmed is taken from the lease', async () => {
    const world = await started();
    await settle(world, ['b'], 2_000);
    world.held.b = 3;
    world.ask('b');
    world.answer('done');

    expect([...world.lease]).toEqual([]);
    world.replication.stop();
  });

  test('that nobody knows of holds up nothing', async () => {
    const world = await started();
    world.commit();
    await jest.advanceTimersByTimeAsync(0);
    expect(world.told).toBe(world.end);
    world.replication.stop();
  });
});
