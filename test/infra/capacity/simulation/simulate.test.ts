import { probabilityOfWaitingLonger, slotsFor } from '../../../../infra/capacity/queueing/erlang-c';
import { simulate, simulateSlots } from '../../../../infra/capacity/simulation/simulate';
import type { BuildShape, BuildTrace } from '../../../../infra/capacity/simulation/types';

const GI = 2 ** 30;
const CHECK: BuildShape = { cpu: 2, memory: 6 * GI, priority: 1000, pools: ['check'] };
const GATE: BuildShape = { cpu: 2, memory: 6 * GI, priority: 10_000, pools: ['gate', 'check'] };

type Row = readonly [arrival: number, duration: number, shape?: number];

function trace(rows: readonly Row[], shapes: readonly BuildShape[] = [CHECK]): BuildTrace {
  return {
    arrival: Float64Array.from(rows, ([arrival]) => arrival),
    duration: Float64Array.from(rows, ([, duration]) => duration),
    shape: Uint16Array.from(rows, ([, , shape]) => shape ?? 0),
    shapes,
    group: Uint16Array.from(rows, ([, , shape]) => shape ?? 0),
    groups: shapes.map((_, index) => `group ${index}`),
  };
}

/** Builds that come at random and last at random, as Erlang's formula assumes. */
function poisson(builds: number, erlangs: number, meanSeconds: number): BuildTrace {
  const random = mulberry32(20191023);
  let now = 0;
  return trace(
    Array.from({ length: builds }, () => {
      now += (-Math.log(1 - random()) * meanSeconds) / erlangs;
      return [now, -Math.log(1 - random()) * meanSeconds] as const;
    }),
  );
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const node = (name: string, cpu: number, pool = 'check') => ({ name, cpu, memory: cpu * 4 * GI, pool });

describe('simulateSlots', () => {
  test.each([
    [20, 600],
    [60, 600],
    [60, 120],
  ])(
    'agrees with Erlang C within two points for %d erlangs of builds of %d s, at the slots of the goal',
    (erlangs, meanSeconds) => {
      const load = { erlangs, meanSeconds };
      const slots = slotsFor(load, { seconds: 60, share: 0.95 });
      for (const count of [slots, slots + 3]) {
        const late = 1 - simulateSlots(poisson(200_000, erlangs, meanSeconds), count).waits.good;
        expect(Math.abs(late - probabilityOfWaitingLonger(count, load, 60))).toBeLessThan(0.02);
      }
    },
  );

  test('a build waits for the first slot that is free', () => {
    const { waits, hours, utilisation } = simulateSlots(
      trace([
        [0, 100],
        [10, 100],
        [20, 100],
      ]),
      2,
    );
    expect(waits).toMatchObject({ builds: 3, p50: 0, longest: 80, good: 2 / 3 });
    expect(hours * 3600).toBe(200);
    expect(utilisation.cpu).toBe(300 / 400);
  });

  test('a slot that becomes free the moment a build arrives is its', () => {
    expect(
      simulateSlots(
        trace([
          [0, 100],
          [100, 100],
        ]),
        1,
      ).waits.longest,
    ).toBe(0);
  });

  test('a build of higher priority starts first, however late it came', () => {
    const { groups } = simulateSlots(
      trace(
        [
          [0, 100],
          [1, 100],
          [2, 100, 1],
        ],
        [CHECK, GATE],
      ),
      1,
    );
    expect(groups.map(({ group, longest }) => [group, longest])).toEqual([
      ['group 0', 199],
      ['group 1', 98],
    ]);
  });

  test('a million builds take seconds', () => {
    const builds = poisson(1_000_000, 60, 600);
    const started = performance.now();
    simulateSlots(builds, 71);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('throws when builds are not in order of arrival', () => {
    expect(() =>
      simulateSlots(
        trace([
          [5, 1],
          [4, 1],
        ]),
        1,
      ),
    ).toThrow('build 1 arrives before the one ahead of it');
  });

  test('no builds wait for nothing', () => {
    expect(simulateSlots(trace([]), 1)).toMatchObject({ waits: { builds: 0, p95: 0, good: 1 }, nodeHours: 0 });
  });
});

describe('simulate', () => {
  test('memory keeps a build waiting as well as CPU', () => {
    const narrow = { name: 'narrow', cpu: 64, memory: 6 * GI, pool: 'check' };
    expect(
      simulate(
        trace([
          [0, 100],
          [0, 100],
        ]),
        [narrow],
      ).waits.longest,
    ).toBe(100);
  });

  test('a build goes to its second pool when the first is full', () => {
    const builds = trace(
      [
        [0, 100, 1],
        [0, 100, 1],
        [0, 100, 1],
      ],
      [CHECK, GATE],
    );
    expect(simulate(builds, [node('g', 2, 'gate'), node('c', 4)]).waits.longest).toBe(0);
  });

  test('a small build starts while a larger one of the same priority waits for room', () => {
    const large = { ...CHECK, cpu: 4 };
    const { groups } = simulate(
      trace(
        [
          [0, 100],
          [1, 100, 1],
          [2, 100],
        ],
        [CHECK, large],
      ),
      [node('c', 4)],
    );
    expect(groups.map(({ longest }) => longest)).toEqual([0, 101]);
  });

  test('builds larger than any node of their pool are counted, and in no other figure', () => {
    const huge = { ...CHECK, cpu: 100 };
    const { neverFits, waits } = simulate(
      trace(
        [
          [0, 1],
          [0, 1, 1],
        ],
        [CHECK, huge],
      ),
      [node('c', 4)],
    );
    expect([neverFits, waits.builds]).toEqual([1, 1]);
  });

  test('with preemption a gate build takes the place of the check build that ran shortest, which starts anew', () => {
    const rows: Row[] = [
      [0, 100],
      [10, 100],
      [50, 100, 1],
    ];
    const result = simulate(trace(rows, [CHECK, GATE]), [node('c', 4)], { preemption: true });
    expect(result).toMatchObject({ preempted: 1, lostSeconds: 40 });
    // Back at 100, when the other check build is done: 50 s after it was pushed out.
    expect(result.groups.map(({ longest }) => longest)).toEqual([50, 0]);
  });

  test('nobody is pushed out for a build of the same priority', () => {
    expect(
      simulate(
        trace([
          [0, 100],
          [1, 100],
        ]),
        [node('c', 2)],
        { preemption: true },
      ).preempted,
    ).toBe(0);
  });

  test('nobody is pushed out when that would not make enough room', () => {
    const large = { ...GATE, cpu: 8 };
    const nodes = [node('c', 8)];
    const rows: Row[] = [
      [0, 100, 1],
      [1, 100],
      [2, 10, 1],
    ];
    expect(simulate(trace(rows, [CHECK, large]), nodes, { preemption: true }).preempted).toBe(0);
  });

  test('one that was pushed out starts at once where there is room', () => {
    const large = { ...GATE, cpu: 4, pools: ['gate'] };
    const anywhere = { ...CHECK, pools: ['gate', 'check'] };
    const rows: Row[] = [
      [0, 100],
      [10, 100, 1],
    ];
    const nodes = [node('g', 4, 'gate'), node('c', 2)];
    const result = simulate(trace(rows, [anywhere, large]), nodes, { preemption: true });
    expect(result).toMatchObject({ preempted: 1, waits: { longest: 0 } });
  });

  test('starved are those that waited longer than a build may', () => {
    const rows: Row[] = [
      [0, 1000],
      [0, 1000],
      [0, 1000],
      [0, 1000],
    ];
    expect(simulate(trace(rows), [node('c', 2)], { starvedAfterSeconds: 1500 }).waits.starved).toBe(2);
  });

  test('throws when there is no node', () => {
    expect(() => simulate(trace([[0, 1]]), [])).toThrow('there is no node to simulate; give at least one');
  });
});
