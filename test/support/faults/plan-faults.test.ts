import fc from 'fast-check';
import { COMPONENTS, type Component, chooseFault, planFaults } from './plan-faults';

const connections = { gateway: [29_418], reporter: [9101, 6443] };
const seeds = fc.nat();
const some = fc.subarray([...COMPONENTS]).map((ready): ReadonlySet<Component> => new Set(ready));

test('a plan follows from its seed', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const plan = planFaults({ seed, count: 5, connections });
      expect(planFaults({ seed, count: 5, connections })).toEqual(plan);
      expect(planFaults({ seed: seed + 1, count: 5, connections })).not.toEqual(plan);
    }),
  );
});

test('hits only what is ready, and something whenever anything is', () => {
  fc.assert(
    fc.property(seeds, some, (seed, ready) => {
      for (const planned of planFaults({ seed, count: 20, connections })) {
        const fault = chooseFault(planned, ready);
        expect(fault === undefined).toBe(ready.size === 0);
        expect(fault === undefined || ready.has(fault.component)).toBe(true);
      }
    }),
  );
});

test('cuts only connections that are kept for long', () => {
  for (const fault of planFaults({ seed: 1, count: 500, connections }).flat()) {
    if (fault.kind === 'half-open') {
      expect(connections).toHaveProperty(fault.component, expect.arrayContaining([fault.toPort]));
    }
  }
});

test('comes to every component with everything that can go wrong with it', () => {
  const all = new Set(COMPONENTS);
  const seen = planFaults({ seed: 7, count: 500, connections }).map((planned) => {
    const fault = chooseFault(planned, all);
    return `${fault?.component} ${fault?.kind}`;
  });

  const wanted = [
    ...COMPONENTS.flatMap((component) => [`${component} kill`, `${component} freeze`]),
    'gateway half-open',
    'reporter half-open',
  ];
  expect([...new Set(seen)].sort()).toEqual(wanted.sort());
});
