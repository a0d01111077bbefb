import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Decision } from '../../../../core/decision';
import { Ledger } from '../../../../services/gateway/ledger/ledger';
import { LedgerCopy } from '../../../../services/gateway/ledger/ledger-copy';
import { isBeginning, readOn, startOf } from '../../../../services/gateway/ledger/ship-segments';
import { decideMayLead } from '../../../../services/gateway/replication/decide-may-lead';
import { Replication } from '../../../../services/gateway/replication/replication';
import { created, silent } from '../gateway-fixture';
import { MemoryStore } from './memory-store';

const REPLICAS = [0, 1, 2] as const;
type Ordinal = (typeof REPLICAS)[number];
const SEGMENT_BYTES = 1_500;
const onFailure = (error: Error) => {
  throw error;
};
const decisionOf = (uid: string): Decision => ({
  kind: 'spawned',
  workflow: { namespace: 'ci-a', name: 'a', uid },
  definitionCommit: 'c0',
});

/** A pod with its volume: a copy while it stands by, nothing while its process is away. */
interface Replica {
  id: string;
  store: MemoryStore;
  copy: LedgerCopy | undefined;
}

/** The replica that leads, as of its own process. */
interface Leader {
  readonly ordinal: Ordinal;
  readonly ledger: Ledger;
  readonly replication: Replication;
}

/**
 * Three replicas and their lease, with real ledgers, copies and replication, and clients who write down what they were
 * told. A leader's volume is taken away only while the lease names another one: that is the promise.
 */
class World {
  now = 0;
  events = 0;
  /** What was said of each event when somebody was told that it stands. */
  readonly told = new Map<string, string>();
  readonly contradictions: string[] = [];
  takeovers = 0;
  private readonly replicas: Record<Ordinal, Replica>;
  private leader: Leader | undefined;
  /** One that goes on as if it led, for it has not looked at a clock. */
  private deposed: Leader | undefined;
  private inStep: readonly string[] | undefined;
  /** The API server answers writes of the lease. */
  private isReachable = true;
  private holder: symbol | undefined;
  private uids = 0;

  private constructor(replicas: Record<Ordinal, Replica>) {
    this.replicas = replicas;
  }

  static async start(): Promise<World> {
    const world = new World({ 0: emptyReplica(), 1: emptyReplica(), 2: emptyReplica() });
    for (const ordinal of REPLICAS) {
      await world.standUp(ordinal);
    }
    await world.takeOver(0);
    for (let number = 0; number < 3; number++) {
      await world.hear();
    }
    return world;
  }

  async hear(): Promise<void> {
    const revision = String(this.events).padStart(40, '0');
    await this.leader?.ledger.recordEvent(`key-${this.events}`, created(1, revision), { check: 'pass' });
    this.events += 1;
  }

  /** The trigger decides, each time it is asked, in another way: whoever is told must be told of one of them only. */
  async decide(number: number, leader = this.leader): Promise<void> {
    if (leader === undefined) {
      return;
    }
    const key = `key-${number % Math.max(1, this.events)}`;
    const uid = `u-${this.uids++}`;
    const outcome = await leader.ledger.decide(key, 'check', decisionOf(uid));
    if (outcome.kind === 'unknown') {
      return;
    }
    const stands =
      outcome.kind === 'another-stands' ? JSON.stringify(outcome.standing) : JSON.stringify(decisionOf(uid));
    void leader.replication.commit().then(() => {
      const before = this.told.get(key);
      if (before !== undefined && before !== stands) {
        this.contradictions.push(`${key}: ${before}, then ${stands}`);
      }
      this.told.set(key, stands);
    });
  }

  /** A standby asks once, and has on disk what it was given. */
  async follow(ordinal: Ordinal): Promise<void> {
    const { copy, id } = this.replicas[ordinal];
    if (this.leader === undefined || copy === undefined) {
      return;
    }
    const { ledger, replication } = this.leader;
    while (!copy.isEmpty && !(await isBeginning(ledger.shipped, copy.end, await copy.hashEnd()))) {
      await copy.stepBack();
    }
    replication.asked(id, copy.end);
    const { shipped } = ledger;
    const chunk = await readOn(shipped, copy.isEmpty ? startOf(shipped) : copy.end);
    if (chunk !== undefined) {
      await copy.append(chunk);
    }
    await copy.forgetBefore(shipped.first);
  }

  async catchUp(ordinal: Ordinal): Promise<void> {
    for (let asks = 0; asks < 3; asks++) {
      await this.follow(ordinal);
    }
  }

  /** Time passes; who has not asked meanwhile is silent. */
  async pass(ms: number): Promise<void> {
    this.now += ms;
    await jest.advanceTimersByTimeAsync(500);
  }

  reach(isReachable: boolean): void {
    this.isReachable = isReachable;
  }

  /** The lease runs out under a leader that does not notice. Nobody asks it any more, but who still reaches it may. */
  async depose(): Promise<void> {
    await this.end(this.deposed);
    this.deposed = this.leader;
    this.leader = undefined;
  }

  decideAtDeposed(number: number): Promise<void> {
    return this.deposed === undefined ? Promise.resolve() : this.decide(number, this.deposed);
  }

  /** The process of a replica ends and begins again, with its volume or with an empty one. */
  async crash(ordinal: Ordinal, withVolume: boolean): Promise<void> {
    const { id } = this.replicas[ordinal];
    const others = REPLICAS.filter((other) => other !== ordinal).map((other) => this.replicas[other].id);
    if (withVolume && !others.some((other) => this.inStep?.includes(other) === true)) {
      return;
    }
    if (this.deposed?.ordinal === ordinal) {
      await this.end(this.deposed);
      this.deposed = undefined;
    }
    if (this.leader?.ordinal === ordinal) {
      await this.end(this.leader);
      this.leader = undefined;
    }
    await this.replicas[ordinal].copy?.close();
    this.replicas[ordinal] = withVolume ? emptyReplica() : { id, store: this.replicas[ordinal].store, copy: undefined };
    await this.standUp(ordinal);
  }

  /** A replica looks at the lease, which is nobody's when nobody leads, and takes it if it may. */
  async takeOver(ordinal: Ordinal): Promise<void> {
    const { id, copy, store } = this.replicas[ordinal];
    if (this.leader !== undefined || copy === undefined) {
      return;
    }
    const verdict = decideMayLead({ id, ordinal, isEmpty: copy.isEmpty }, this.inStep, 0, Number.POSITIVE_INFINITY);
    if (verdict.kind === 'no') {
      return;
    }
    const read = await copy.handOver();
    this.replicas[ordinal].copy = undefined;
    const ledger = await Ledger.open({ store, log: silent, onFailure, segmentBytes: SEGMENT_BYTES }, read);
    const record = async (standbys: readonly string[]) => {
      if (!this.isReachable || holder !== this.holder) {
        throw new Error('no answer, or the lease is another’s');
      }
      this.inStep = [id, ...standbys];
    };
    this.isReachable = true;
    const holder = Symbol('term');
    this.holder = holder;
    const replication = new Replication({ end: () => ledger.shipped.end, record, log: silent, now: () => this.now });
    await replication.start();
    this.leader = { ordinal, ledger, replication };
    this.takeovers += 1;
  }

  /** What somebody was told, and the leader does not say. */
  get forgotten(): string[] {
    const { ledger } = this.leader ?? {};
    return ledger === undefined
      ? []
      : [...this.told]
          .filter(([key, told]) => {
            const latest = ledger.latestDecisions(key).get('check')?.decision;
            return JSON.stringify(latest) !== told;
          })
          .map(([key]) => key);
  }

  async stop(): Promise<void> {
    await this.end(this.leader);
    await this.end(this.deposed);
  }

  private async end(leader: Leader | undefined): Promise<void> {
    leader?.replication.stop();
    await leader?.ledger.close();
  }

  private async standUp(ordinal: Ordinal): Promise<void> {
    this.replicas[ordinal].copy = await LedgerCopy.open(this.replicas[ordinal].store, { log: silent });
  }
}

function emptyReplica(): Replica {
  return { id: randomUUID(), store: new MemoryStore(), copy: undefined };
}

type Step = (world: World) => unknown;
const named = (name: string, step: Step): Step => Object.assign(step, { [fc.toStringMethod]: () => name });
const replica = fc.constantFrom(...REPLICAS);
const STEPS: readonly [weight: number, fc.Arbitrary<Step>][] = [
  [4, fc.constant(named('event', (world) => world.hear()))],
  [8, fc.nat(20).map((number) => named(`decide ${number}`, (world) => world.decide(number)))],
  [2, fc.nat(20).map((number) => named(`decide ${number}, at the deposed`, (world) => world.decideAtDeposed(number)))],
  [16, replica.map((one) => named(`${one} follows`, (world) => world.follow(one)))],
  [4, replica.map((one) => named(`${one} catches up`, (world) => world.catchUp(one)))],
  [6, replica.map((one) => named(`${one} takes over`, (world) => world.takeOver(one)))],
  [1, fc.constant(named('the lease runs out', (world) => world.depose()))],
  [1, replica.map((one) => named(`${one} crashes`, (world) => world.crash(one, false)))],
  [2, replica.map((one) => named(`${one} loses its volume`, (world) => world.crash(one, true)))],
  [1, fc.boolean().map((is) => named(`lease reachable: ${is}`, (world) => world.reach(is)))],
  [2, fc.integer({ min: 100, max: 5_000 }).map((ms) => named(`${ms} ms`, (world) => world.pass(ms)))],
];
const steps = fc.oneof(...STEPS.map(([weight, arbitrary]) => ({ weight, arbitrary })));

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'setImmediate', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

test('nothing that somebody was told is lost or contradicted, whichever leaders and volumes are', async () => {
  let takeovers = 0;
  let told = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 20, maxLength: 120 }), async (schedule) => {
      const world = await World.start();
      for (const step of schedule) {
        await step(world);
        await jest.advanceTimersByTimeAsync(0);
        expect(world.forgotten).toEqual([]);
        expect(world.contradictions).toEqual([]);
      }
      takeovers += world.takeovers - 1;
      told += world.told.size;
      await world.stop();
    }),
    { numRuns: 200 },
  );
  // It was about something; how much is chance, some 60 and 350.
  expect(takeovers).toBeGreaterThan(10);
  expect(told).toBeGreaterThan(50);
});
