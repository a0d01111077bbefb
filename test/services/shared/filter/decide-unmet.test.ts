import fc from 'fast-check';
import { decideFilter } from '../../../../services/shared/filter/decide-filter';
import { decideUnmet } from '../../../../services/shared/filter/decide-unmet';
import { type GerritFacts, membershipKey } from '../../../../services/shared/filter/model-facts';
import { change, commented, created, filterOf, subject } from './fixtures';

const TRUSTED = {
  event: 'patchset-created',
  require: { uploader: { group: 'trusted' } },
  unmet: 'Somebody of trusted comments ok-to-test.',
};
const uploader = (isIn: boolean): GerritFacts => ({
  memberships: { [membershipKey({ by: 'username', name: 'alice' }, 'trusted')]: isIn },
});
const unmetOf = (pipeline: object, event = created(), facts: GerritFacts = uploader(false)) =>
  decideUnmet(filterOf(pipeline), subject(event, facts));

describe('the author is told what has to happen first', () => {
  test('when all holds but require', () => {
    expect(unmetOf({ triggers: [TRUSTED] })).toEqual({ kind: 'said', text: TRUSTED.unmet });
  });

  test('when all holds but reject', () => {
    const trigger = { event: 'patchset-created', reject: { wip: true }, unmet: 'Mark it as ready.' };

    expect(unmetOf({ triggers: [trigger] }, created(), { change: change({ isWip: true }) })).toEqual({
      kind: 'said',
      text: 'Mark it as ready.',
    });
  });

  test('by the first trigger that has a word for it', () => {
    const other = { ...TRUSTED, unmet: 'Never said.' };

    expect(unmetOf({ triggers: [{ event: 'change-merged' }, TRUSTED, other] })).toMatchObject({ text: TRUSTED.unmet });
  });

  test('only once it is known that its own conditions hold', () => {
    const trigger = { ...TRUSTED, file: { glob: 'src/**' } };

    expect(unmetOf({ triggers: [trigger] })).toEqual({ kind: 'unknown', needs: [{ kind: 'files' }] });
    expect(unmetOf({ triggers: [trigger] }, created(), { ...uploader(false), files: ['README'] })).toEqual({
      kind: 'unsaid',
    });
  });

  test.each<[string, object]>([
    ['another event', { triggers: [{ ...TRUSTED, event: 'change-merged' }] }],
    ['another branch', { triggers: [{ ...TRUSTED, branch: { plain: 'REL1_43' } }] }],
    ['a project that the pipeline does not want', { require: { project: '^x$' }, triggers: [TRUSTED] }],
    ['a trigger without a word', { triggers: [{ ...TRUSTED, unmet: undefined }] }],
  ])('and nothing is said of %s', (_what, pipeline) => {
    expect(unmetOf(pipeline)).toEqual({ kind: 'unsaid' });
  });
});

test('whoever is told waits: an event that starts the pipeline once all is known has no word for its author', () => {
  const trigger = fc.record(
    {
      event: fc.constantFrom('patchset-created', 'comment-added'),
      branch: fc.constantFrom({ plain: 'master' }, { plain: 'REL1_43' }),
      require: fc.constantFrom<object>({ uploader: { group: 'trusted' } }, { wip: false }, { kind: 'REWORK' }),
      unmet: fc.constantFrom('one', 'two'),
    },
    { requiredKeys: ['event', 'require'] },
  );
  const facts = fc.record({
    isIn: fc.boolean(),
    isWip: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(trigger, { minLength: 1, maxLength: 4 }), facts, fc.boolean(), (triggers, of, comments) => {
      const filter = filterOf({ triggers });
      const known = { ...uploader(of.isIn), change: change({ isWip: of.isWip }) };
      const given = subject(comments ? commented('x') : created(), known);

      // All that these conditions need is known, so there is no third answer.
      const isStarted = decideFilter(filter, given).kind === 'pass';
      const own = triggers.filter(
        ({ event, branch }) => event === given.event.type && (branch === undefined || branch.plain === 'master'),
      );
      const first = own.find(({ unmet }) => unmet !== undefined)?.unmet;
      if (!isStarted) {
        expect(decideUnmet(filter, given)).toEqual(
          first === undefined ? { kind: 'unsaid' } : { kind: 'said', text: first },
        );
      }
    }),
  );
});
