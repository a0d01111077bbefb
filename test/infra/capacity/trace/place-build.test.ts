import fc from 'fast-check';
import type { Build } from '../../../../infra/capacity/builds/types';
import { type PlacementRules, placeBuild, placerOf } from '../../../../infra/capacity/trace/place-build';

const rules: PlacementRules = {
  pipelines: [],
  classes: { large: { executors: 8, containerExecutors: 2, pool: 'heavy' } },
  classOf: new Map([['mediawiki/core', 'large']]),
};

describe('placerOf', () => {
  const text = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
  const build = fc
    .record({
      project: text('mediawiki/core', 'other'),
      pipeline: text('check', 'gate'),
      pool: text('gate', 'agent-7'),
    })
    .map((said) => ({ startMs: 0, endMs: 1, ...said }) as Build);

  test('places as placeBuild does, and alike builds by the same object', () => {
    fc.assert(
      fc.property(fc.array(build, { maxLength: 30 }), (builds) => {
        const place = placerOf(rules);
        for (const one of builds) {
          expect(place(one)).toEqual(placeBuild(one, rules));
          expect(place({ ...one, startMs: 5 })).toBe(place(one));
        }
      }),
    );
  });
});
