import fc from 'fast-check';
import { PRECEDENCES } from '../../../../core/pipeline';
import { planPlaces } from '../../../../services/trigger/admission/plan-places';
import { amount, look, Model, RULES } from './fixtures';

const arrivals = fc.array(
  fc.record({
    project: fc.nat(4),
    precedence: fc.constantFrom(...PRECEDENCES),
    priority: fc.constantFrom(0, 100, 1000),
    receivedAt: fc.nat(1_000_000),
  }),
  { minLength: 2, maxLength: 30 },
);

type Arrivals = typeof arrivals extends fc.Arbitrary<infer Value> ? Value : never;

function filled(runs: Arrivals): Model {
  const model = new Model({ ...RULES, parallelism: 1 });
  model.ask('ci-z/running', { precedence: 'deploy' });
  for (const [index, { project, ...run }] of runs.entries()) {
    model.ask(`ci-${project}/${index}`, run);
  }
  return model;
}

const placesIn = ({ state, rules }: Model) => planPlaces(state, rules, new Set(state.waiting.keys()));

test('every run that waits for the cluster has a place of its own, with as many ahead of it', () => {
  fc.assert(
    fc.property(arrivals, (runs) => {
      const places = [...placesIn(filled(runs)).values()];

      expect(places.map(({ place }) => place).sort((one, other) => one - other)).toEqual(
        runs.map((_run, index) => index + 1),
      );
      for (const { place, of, ahead, hold } of places) {
        expect(of).toBe(runs.length);
        expect(Object.values(ahead).reduce((sum, count) => sum + count, 0)).toBe(place - 1);
        expect(hold.limit).toBe('cluster-parallelism');
      }
    }),
  );
});

test('the first in line is the next to go', () => {
  fc.assert(
    fc.property(arrivals, (runs) => {
      const model = filled(runs);
      const [first] = [...placesIn(model)].find(([, { place }]) => place === 1) ?? [];

      model.finish('ci-z/running');

      expect(model.admitted.at(-1)).toBe(first);
    }),
  );
});

test('runs that wait for their own namespace are in a line of their own', () => {
  const model = new Model();
  model.onLook = (namespace) => look(namespace === 'ci-a' ? { pods: 0 } : {}, { at: model.now, byWorkflow: new Map() });
  model.ask('ci-a/1', { receivedAt: 1, need: amount() });
  model.ask('ci-a/2', { receivedAt: 2, precedence: 'gate' });
  for (const key of ['ci-b/1', 'ci-b/2', 'ci-b/3', 'ci-b/4', 'ci-b/5']) {
    model.ask(key);
  }

  expect(Object.fromEntries(placesIn(model))).toMatchObject({
    'ci-a/1': { place: 2, of: 2, ahead: { gate: 1 }, hold: { limit: 'namespace-quota', resource: 'pods' } },
    'ci-a/2': { place: 1, of: 2, ahead: {} },
    'ci-b/5': { place: 1, of: 1, hold: { limit: 'cluster-parallelism', used: 4, hard: 4 } },
  });
});
