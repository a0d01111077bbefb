import type { GerritEvent } from '../../../core/gerrit-event';
import { Pipelines } from '../../../core/pipeline';
import { compileCoarseFilter } from '../../../services/gateway/decide-coarse-filter';
import { objectionsOf } from '../../../services/gateway/render-objections';

const PIPELINES = Pipelines.parse([
  {
    name: 'check',
    triggers: [
      { event: 'patchset-created', project: '^demo$', branch: '^main$' },
      { event: 'comment-added', branch: '^main$', comment: '^recheck$' },
    ],
  },
  {
    name: 'gate',
    trust: 'post-review',
    triggers: [
      { event: 'comment-added', approval: { label: 'Code-Review', value: 2 } },
      { event: 'comment-added', comment: '^gate$' },
    ],
  },
  { name: 'tags', trust: 'post-review', triggers: [{ event: 'ref-updated', ref: '^refs/tags/' }] },
]);
const explain = objectionsOf(PIPELINES);

function event(overrides: Partial<GerritEvent> = {}, branch = 'refs/heads/main', project = 'demo'): GerritEvent {
  return {
    type: 'patchset-created',
    change: { project, branch, number: 1 },
    patchSet: { number: 1, revision: 'a'.repeat(40), ref: 'refs/changes/01/1/1' },
    ...overrides,
  };
}
const comment = (text: string, vote = ''): Partial<GerritEvent> => ({
  type: 'comment-added',
  comment: `Patch Set 1:${vote}\n\n${text}`,
  messageId: 'm',
});

describe('objections', () => {
  test.each<[string, GerritEvent, string, string[]]>([
    ['a branch', event({}, 'stable'), 'check', ["branch 'stable' is not wanted (pipelines.check.triggers[0].branch)"]],
    [
      'a project before its branch',
      event({}, 'stable', 'other'),
      'check',
      ["project 'other' is not wanted (pipelines.check.triggers[0].project)"],
    ],
    [
      'a comment, without what it says',
      event(comment('recheck please')),
      'check',
      ["the comment does not match '^recheck$' (pipelines.check.triggers[1].comment)"],
    ],
    [
      'each trigger for that kind of event',
      event(comment('fine', ' Code-Review+1')),
      'gate',
      [
        'the comment does not vote Code-Review+2 (pipelines.gate.triggers[0].approval)',
        "the comment does not match '^gate$' (pipelines.gate.triggers[1].comment)",
      ],
    ],
    [
      'a kind of event',
      event({ type: 'change-merged' }),
      'gate',
      [
        'event change-merged is not wanted (pipelines.gate.triggers[0].event)',
        'event change-merged is not wanted (pipelines.gate.triggers[1].event)',
      ],
    ],
    [
      'refs/meta/config where no trigger names it',
      event(comment('gate'), 'refs/meta/config'),
      'gate',
      [
        'a change to refs/meta/config is wanted only where that branch is named (pipelines.gate.triggers[0].branch)',
        'a change to refs/meta/config is wanted only where that branch is named (pipelines.gate.triggers[1].branch)',
      ],
    ],
    ['nothing where one trigger is content', event(comment('fine', ' Code-Review+2')), 'gate', []],
  ])('name %s', (_what, given, pipeline, expected) => {
    expect(explain(given)[pipeline]).toEqual(expected);
  });

  const people = ['recheck', 'gate', 'hello', ''].flatMap((text) =>
    ['', ' Code-Review+2', ' Code-Review-1'].map((vote) => comment(text, vote)),
  );
  const kinds: Partial<GerritEvent>[] = [{}, { type: 'change-merged' }, { type: 'change-restored' }, ...people];
  const events = kinds.flatMap((kind) =>
    ['refs/heads/main', 'main', 'stable', 'refs/meta/config'].flatMap((branch) =>
      ['demo', 'other'].map((project) => event(kind, branch, project)),
    ),
  );

  test('are there exactly where the coarse filter finds no match', () => {
    const filter = compileCoarseFilter({ pipelines: PIPELINES, account: 'ci' });

    for (const given of events) {
      for (const [pipeline, verdict] of Object.entries(filter(given))) {
        expect([given, pipeline, explain(given)[pipeline]?.length === 0]).toEqual([
          given,
          pipeline,
          verdict === 'pass',
        ]);
      }
    }
  });
});
