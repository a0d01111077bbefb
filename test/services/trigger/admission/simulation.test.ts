import { PRECEDENCES, type Precedence } from '../../../../core/pipeline';
import type { WaitingRun } from '../../../../services/trigger/admission/model-line';
import { mostPassedOver, newTurns, PATIENCE } from '../../../../services/trigger/admission/model-turns';
import { amount, Model, RULES } from './fixtures';

/** A seeded generator of numbers in [0, 1): the same simulation on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Jain's index of fairness: 1 when all have the same, 1/n when one has everything. */
const jain = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) ** 2 /
  (values.length * values.reduce((sum, value) => sum + value ** 2, 0));

interface Traffic {
  readonly seed: number;
  readonly parallelism: number;
  readonly namespaceParallelism?: number;
  readonly runs: readonly Omit<WaitingRun, 'key' | 'receivedAt'>[];
  /** Seconds a run takes. */
  readonly seconds: (random: () => number, run: WaitingRun) => number;
  /** Until how many have been let in. */
  readonly admissions: number;
}

interface Started {
  readonly run: WaitingRun;
  readonly at: number;
}

/**
 * A cluster that is always full: each kind of run waits again as soon as one of it begins, so none ever runs out. Time
 * jumps from one end of a run to the next.
 */
function simulate({ seed, parallelism, namespaceParallelism = 1_000, runs, seconds, admissions }: Traffic): Started[] {
  const next = random(seed);
  const model = new Model({ ...RULES, parallelism, namespaceParallelism, lookFreshMs: Number.POSITIVE_INFINITY });
  const waiting = new Map<string, { run: WaitingRun; kind: number }>();
  const ends: { key: string; at: number }[] = [];
  const started: Started[] = [];
  let serial = 0;
  let told = 0;
  const arrive = (kind: number): void => {
    const template = runs[kind];
    if (template !== undefined) {
      serial += 1;
      const run = { ...template, key: `${template.namespace}/${serial}`, receivedAt: model.now };
      waiting.set(run.key, { run, kind });
      model.step({ kind: 'asked', run });
    }
  };
  const settle = (): void => {
    for (; told < model.admitted.length; told++) {
      const found = waiting.get(model.admitted[told] ?? '');
      if (found !== undefined) {
        started.push({ run: found.run, at: model.now });
        ends.push({ key: found.run.key, at: model.now + 1_000 * seconds(next, found.run) });
        waiting.delete(found.run.key);
        arrive(found.kind);
      }
    }
  };
  for (let kind = 0; kind < runs.length; kind++) {
    arrive(kind);
  }
  settle();
  while (started.length < admissions) {
    ends.sort((one, other) => one.at - other.at || (one.key < other.key ? -1 : 1));
    const ended = ends.shift();
    if (ended === undefined) {
      throw new Error('nothing runs and nothing goes');
    }
    model.now = ended.at;
    model.finish(ended.key);
    settle();
  }
  return started;
}

const kindOf = (namespace: string, precedence: Precedence, copies: number) =>
  Array.from({ length: copies }, () => ({
    namespace,
    precedence,
    projectClass: 'default',
    priority: 100,
    need: amount(),
  }));

const names = (count: number): string[] => Array.from({ length: count }, (_value, index) => `ci-${index}`);

/** The first runs go as they come: nobody waits yet. */
const WARM_UP = 400;

/** How often in a row each precedence was passed over at most, and whether that is within its bound. */
function mostPassed(started: readonly Started[]) {
  const since = newTurns();
  const most = newTurns();
  for (const { run } of started) {
    for (const precedence of PRECEDENCES) {
      since[precedence] = precedence === run.precedence ? 0 : since[precedence] + 1;
      most[precedence] = Math.max(most[precedence], since[precedence]);
    }
  }
  return PRECEDENCES.map((precedence) => ({
    precedence,
    within: most[precedence] <= mostPassedOver(precedence) || most[precedence],
  }));
}

const BOUNDED = PRECEDENCES.map((precedence) => ({ precedence, within: true }));

describe.each([1, 2])('with every class and project always waiting (seed %i)', (seed) => {
  const projects = names(40);
  const started = simulate({
    seed,
    parallelism: 50,
    runs: projects.flatMap((name) => PRECEDENCES.flatMap((precedence) => kindOf(name, precedence, 2))),
    seconds: (next) => 1 + 59 * next(),
    admissions: 3_000,
  });

  test('the higher precedence has the larger share, and each at least one turn in as many as its patience says', () => {
    const shares = newTurns();
    for (const { run } of started) {
      shares[run.precedence] += 1 / started.length;
    }

    expect(shares.deploy).toBeGreaterThan(shares.gate);
    expect(shares.gate).toBeGreaterThan(shares.check);
    expect(shares.check).toBeGreaterThan(shares.periodic);
    for (const precedence of ['gate', 'check', 'periodic'] as const) {
      expect(shares[precedence]).toBeGreaterThan(0.8 / (PATIENCE[precedence] + 1));
    }
  });

  test('no precedence is passed over more often in a row than the bound', () => {
    expect(mostPassed(started.slice(WARM_UP))).toEqual(BOUNDED);
  });

  test('projects that want the same get the same: fairness index above 0.99', () => {
    const counts = projects.map((name) => started.filter(({ run }) => run.namespace === name).length);

    expect(jain(counts)).toBeGreaterThan(0.99);
    expect(Math.min(...counts)).toBeGreaterThan(0.7 * Math.max(...counts));
  });

  test('every run that waits begins: none is left behind', () => {
    const waits = started.map(({ run, at }) => at - run.receivedAt);

    // 320 lines of two, 50 at once, 30 s each: a turn comes every 0.6 s on the average.
    expect(Math.max(...waits) / 1_000).toBeLessThan(3_600);
    const lastOf = new Map(started.map(({ run, at }) => [`${run.namespace} ${run.precedence}`, at]));
    const end = started.at(-1)?.at ?? 0;
    expect(lastOf.size).toBe(projects.length * PRECEDENCES.length);
    expect(Math.min(...lastOf.values())).toBeGreaterThan(end - 3_600_000);
  });
});

test('precedences of different projects: none is passed over more often in a row than the bound', () => {
  const started = simulate({
    seed: 4,
    parallelism: 10,
    runs: PRECEDENCES.flatMap((precedence) =>
      names(20).flatMap((name) => kindOf(`${name}-${precedence}`, precedence, 3)),
    ),
    seconds: (next) => 1 + 9 * next(),
    admissions: 3_000,
  });

  expect(mostPassed(started.slice(WARM_UP))).toEqual(BOUNDED);
});

test('a project whose runs take an hour and one whose runs take a minute have equally many at a time', () => {
  const started = simulate({
    seed: 5,
    parallelism: 20,
    runs: [...kindOf('ci-long', 'check', 50), ...kindOf('ci-short', 'check', 50)],
    seconds: (_next, { namespace }) => (namespace === 'ci-long' ? 3_600 : 60),
    admissions: 2_000,
  });
  // The first hour is the long ones': they came first.
  const begin = 3_600_000;
  const end = started.at(-1)?.at ?? 0;
  const busy = (name: string, seconds: number) =>
    started
      .filter(({ run }) => run.namespace === name)
      .reduce((sum, { at }) => sum + Math.max(0, Math.min(at + seconds * 1_000, end) - Math.max(at, begin)), 0) /
    (end - begin);

  expect(busy('ci-long', 3_600)).toBeCloseTo(10, 0);
  expect(busy('ci-short', 60)).toBeCloseTo(10, 0);
});

test('one project with thousands of changes leaves the others their turns', () => {
  const started = simulate({
    seed: 6,
    parallelism: 20,
    runs: [...kindOf('ci-flood', 'check', 2_000), ...names(10).flatMap((name) => kindOf(name, 'check', 2))],
    seconds: (next) => 10 + 20 * next(),
    admissions: 3_000,
  });
  const waits = started
    .slice(100)
    .flatMap(({ run, at }) => (run.namespace === 'ci-flood' ? [] : [at - run.receivedAt]));

  // A tenth of twenty slots is theirs whenever they ask: they wait for one to end, not for two thousand.
  expect(Math.max(...waits)).toBeLessThan(60_000);
});

test('a step costs microseconds with ten thousand runs waiting', () => {
  const model = new Model({ ...RULES, parallelism: 200 });
  const all = names(2_000);
  for (let index = 0; index < 10_000; index++) {
    model.ask(`${all[index % all.length]}/${index}`, {
      receivedAt: index,
      precedence: PRECEDENCES[index % 4] ?? 'check',
    });
  }
  expect(model.state.waiting.size).toBe(9_800);

  // Of the processor's time, for the clock's says how busy the machine is.
  const before = process.cpuUsage();
  for (let index = 0; index < 5_000; index++) {
    model.finish(model.admitted[index] ?? '');
  }
  const { user, system } = process.cpuUsage(before);

  // About 50: a run ends and another begins. The bound only tells heaps from a sort of everything.
  expect((user + system) / 5_000).toBeLessThan(1_000);
  expect(model.admitted).toHaveLength(5_200);
});
