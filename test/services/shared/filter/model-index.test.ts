import fc from 'fast-check';
import type { GerritEvent } from '../../../../core/gerrit-event';
import { Pipelines } from '../../../../core/pipeline';
import { decideFilter } from '../../../../services/shared/filter/decide-filter';
import { FilterIndex } from '../../../../services/shared/filter/model-index';
import { planFilter } from '../../../../services/shared/filter/plan-filters';
import { SHA, subject } from './fixtures';

const NAMES = ['a', 'b', 'a/b', 'refs/meta/config', ''];
const TYPES = ['patchset-created', 'comment-added', 'change-restored', 'change-merged', 'ref-updated'] as const;

const name = fc.constantFrom(...NAMES);
const pattern = fc.oneof(
  { weight: 3, arbitrary: name.map((plain) => ({ plain })) },
  fc.constantFrom('^a', 'b$', '.'),
  fc.constantFrom({ glob: '*' }, { glob: 'a/**' }),
);
const patterns = fc.option(fc.oneof(pattern, fc.array(pattern, { minLength: 1, maxLength: 3 })), { nil: undefined });
const types = fc.oneof(fc.constantFrom(...TYPES), fc.subarray([...TYPES], { minLength: 1 }));
const trigger = fc.record({ event: types, project: patterns, branch: patterns, ref: patterns, comment: patterns });
const requirement = fc.option(
  name.map((plain) => ({ branch: { plain } })),
  { nil: undefined },
);
const pipelines = fc
  .array(
    fc.record({
      triggers: fc.array(trigger, { minLength: 1, maxLength: 4 }),
      require: requirement,
      reject: requirement,
    }),
    {
      maxLength: 8,
    },
  )
  .map((all) => Pipelines.parse(all.map((one, at) => ({ name: `p${at}`, ...one }))).map(planFilter));

const event: fc.Arbitrary<GerritEvent> = fc
  .record({ type: fc.constantFrom(...TYPES, 'other'), project: name, branch: name, comment: name })
  .map(({ type, project, branch, comment }) =>
    type === 'ref-updated'
      ? {
          type,
          refUpdate: { project, refName: `refs/${branch ? 'heads' : 'tags'}/${branch}`, oldRev: SHA, newRev: SHA },
        }
      : { type, change: { project, branch, number: 1 }, comment },
  );

test('the index says of every event what trying each trigger says', () => {
  fc.assert(
    fc.property(pipelines, fc.array(event, { maxLength: 20 }), (filters, events) => {
      const index = new FilterIndex(filters);
      for (const one of events) {
        const byIndex = index
          .candidates(one)
          .map(({ filter, triggers }) => [filter.pipeline, decideFilter(filter, subject(one), triggers).kind])
          .filter(([, kind]) => kind !== 'no');
        const byTrying = filters
          .map((filter) => [filter.pipeline, decideFilter(filter, subject(one)).kind])
          .filter(([, kind]) => kind !== 'no');

        expect(Object.fromEntries(byIndex)).toEqual(Object.fromEntries(byTrying));
      }
    }),
    { numRuns: 500 },
  );
});

test('an event is tried on the triggers of its project and branch, and on those that say neither in plain text', () => {
  const trigger = (conditions: object) => ({ event: 'patchset-created', ...conditions });
  const many = Array.from({ length: 100 }, (_, at) => trigger({ project: { plain: `p${at}` } }));
  const [filter] = Pipelines.parse([
    {
      name: 'check',
      triggers: [
        ...many,
        trigger({ branch: { plain: 'REL' } }),
        trigger({ project: '^p' }),
        { event: 'change-merged' },
      ],
    },
  ]).map(planFilter);
  const index = new FilterIndex(filter === undefined ? [] : [filter]);

  const pathsFor = (project: string, branch: string) =>
    index
      .candidates({ type: 'patchset-created', change: { project, branch, number: 1 } })
      .flatMap(({ triggers }) => triggers.map(({ path }) => path));

  expect(pathsFor('p7', 'master')).toEqual(['pipelines.check.triggers[7]', 'pipelines.check.triggers[101]']);
  expect(pathsFor('q', 'REL')).toEqual(['pipelines.check.triggers[100]', 'pipelines.check.triggers[101]']);
});
