import fc from 'fast-check';
import { LEASE_TIMINGS, type Lease, type Observation } from '../../../../services/shared/leader-election/lease';
import { LeaseFence } from '../../../../services/shared/leader-election/lease-fence';
import { observe, renderReleasedSpec, stepElection } from '../../../../services/shared/leader-election/step-election';

const lease = (spec: Partial<Lease['spec']>, resourceVersion = '1'): Lease => ({ metadata: { resourceVersion }, spec });
const HELD = { holderIdentity: 'other', leaseDurationSeconds: 15, leaseTransitions: 3 };

describe('who does not lead', () => {
  test('makes the lease when there is none', () => {
    expect(stepElection(observe(undefined, undefined, 0), 0, LEASE_TIMINGS)).toEqual({ kind: 'create' });
  });

  test('takes at once what was let go', () => {
    const spec = renderReleasedSpec(3, new Date(0));
    const released = observe(undefined, { metadata: { resourceVersion: '7' }, spec }, 0);

    expect(stepElection(released, 0, LEASE_TIMINGS)).toEqual({ kind: 'take', resourceVersion: '7', transitions: 4 });
  });

  test('waits the whole time from when it first saw a renewal, whatever times the lease names', () => {
    const old = lease({ ...HELD, renewTime: '1999-01-01T00:00:00.000000Z' });
    let seen: Observation | undefined = observe(undefined, old, 1_000);
    expect(stepElection(seen, 1_000, LEASE_TIMINGS)).toMatchObject({ kind: 'wait', holder: 'other' });

    seen = observe(seen, old, 15_999);
    expect(stepElection(seen, 15_999, LEASE_TIMINGS)).toMatchObject({ kind: 'wait', ms: 1 });
    expect(stepElection(seen, 16_000, LEASE_TIMINGS)).toMatchObject({ kind: 'take', transitions: 4 });

    const renewed = lease({ ...HELD, renewTime: '1999-01-01T00:00:01.000000Z' }, '2');
    seen = observe(seen, renewed, 16_000);
    expect(stepElection(seen, 30_000, LEASE_TIMINGS).kind).toBe('wait');
  });

  test('takes at once from a holder who cannot be there any more, and from no other', () => {
    const seen = observe(undefined, lease(HELD), 0);

    expect(stepElection(seen, 0, LEASE_TIMINGS, (holder) => holder === 'other')).toMatchObject({ kind: 'take' });
    expect(stepElection(seen, 0, LEASE_TIMINGS, (holder) => holder === 'another')).toMatchObject({ kind: 'wait' });
  });

  test('does not take a label on the lease for a renewal, and writes against the newest version', () => {
    const seen = observe(observe(undefined, lease(HELD, '1'), 0), lease(HELD, '2'), 14_000);

    expect(stepElection(seen, 15_000, LEASE_TIMINGS)).toMatchObject({ kind: 'take', resourceVersion: '2' });
  });
});

describe('the fence of a lease', () => {
  test('closes for new writes well before, and for those under way before, anybody else may lead', () => {
    let now = 0;
    const fence = new LeaseFence(LEASE_TIMINGS, 0, () => now);
    now = 10_000;
    expect(fence.leadsForMs()).toBe(0);
    expect(fence.remainingMs()).toBe(4_000);
    now = 14_000;
    expect(fence.remainingMs()).toBe(0);
  });

  test('counts from before the renewal was sent; a late answer to an old one adds nothing', () => {
    let now = 0;
    const fence = new LeaseFence(LEASE_TIMINGS, 0, () => now);
    fence.renewed(5_000);
    fence.renewed(3_000);
    now = 5_000;
    expect(fence.leadsForMs()).toBe(10_000);
  });
});

/** A lease on a server, and processes that may be stopped for any time between two turns. */
class World {
  now = 0;
  stored: Lease | undefined;
  private version = 1;

  write(holder: string): void {
    this.version += 1;
    const spec = { holderIdentity: holder, leaseDurationSeconds: 15, renewTime: String(this.version) };
    this.stored = lease({ ...spec, leaseTransitions: 0 }, String(this.version));
  }
}

class Process {
  fence: LeaseFence | undefined;
  private seen: Observation | undefined;

  constructor(
    private readonly world: World,
    private readonly name: string,
  ) {}

  /** One turn, as the shell does it. `lost`: the server's answer does not arrive. */
  turn(lost: boolean): void {
    if (this.fence !== undefined && this.fence.leadsForMs() > 0) {
      this.renew(this.fence, lost);
    } else {
      this.fence = undefined;
      this.campaign(lost);
    }
  }

  mayWrite(): boolean {
    return this.fence !== undefined && this.fence.remainingMs() > 0;
  }

  private renew(fence: LeaseFence, lost: boolean): void {
    if (this.world.stored?.spec.holderIdentity !== this.name) {
      return;
    }
    this.world.write(this.name);
    if (!lost) fence.renewed(this.world.now);
  }

  private campaign(lost: boolean): void {
    const { world } = this;
    this.seen = observe(this.seen, world.stored, world.now);
    if (stepElection(this.seen, world.now, LEASE_TIMINGS).kind === 'wait') {
      return;
    }
    world.write(this.name);
    if (!lost) this.fence = new LeaseFence(LEASE_TIMINGS, world.now, () => world.now);
  }
}

describe('of many processes that are stopped for any time and lose answers', () => {
  test('no two may write at the same time', () => {
    const event = fc.record({ who: fc.nat(2), afterMs: fc.integer({ min: 1, max: 9_000 }), lost: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { minLength: 20, maxLength: 200 }), (events) => {
        const world = new World();
        const processes = ['a', 'b', 'c'].map((name) => new Process(world, name));
        for (const { who, afterMs, lost } of events) {
          world.now += afterMs;
          processes[who]?.turn(lost);
          expect(processes.filter((each) => each.mayWrite()).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
