import type { GerritEvent } from '../../../core/gerrit-event';
import { Pipelines } from '../../../core/pipeline';
import { compileCoarseFilter } from '../../../services/gateway/decide-coarse-filter';
import { compileExplain } from '../../../services/gateway/decide-objections';

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
const explain = compileExplain(PIPELINES);

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
    [
      'a branch',
      event({}, 'stable'),
      'check',
      ["branch is 'stable', wanted RE2 '^main$' (pipelines.check.triggers[0].branch)"],
    ],
    [
      'a project before its branch',
      event({}, 'stable', 'other'),
      'check',
      ["project is 'other', wanted RE2 '^demo$' (pipelines.check.triggers[0].project)"],
    ],
    [
      'a comment, without what it says',
      event(comment('recheck please')),
      'check',
      ["comment does not fit, wanted RE2 '^recheck$' (pipelines.check.triggers[1].comment)"],
    ],
    [
      'each trigger for that kind of event',
      event(comment('fine', ' Code-Review+1')),
      'gate',
      [
        'approval is Code-Review+1, wanted Code-Review+2 cast by it (pipelines.gate.triggers[0].approval)',
        "comment does not fit, wanted RE2 '^gate$' (pipelines.gate.triggers[1].comment)",
      ],
    ],
    [
      'a kind of event',
      event({ type: 'change-merged' }),
      'gate',
      [
        "event is 'change-merged', wanted 'comment-added' (pipelines.gate.triggers[0].event)",
        "event is 'change-merged', wanted 'comment-added' (pipelines.gate.triggers[1].event)",
      ],
    ],
    [
      'refs/meta/config where no trigger names it',
      event(comment('gate'), 'refs/meta/config'),
      'gate',
      [
        "branch is 'refs/meta/config', wanted a branch of code where none is named (pipelines.gate.triggers[0].branch)",
        "branch is 'refs/meta/config', wanted a branch of code where none is named (pipelines.gate.triggers[1].branch)",
      ],
    ],
    ['nothing where one trigger is content', event(comment('fine', ' Code-Review+2')), 'gate', []],
  ])('name %s', (_what, given, pipeline, expected) => {
    expect(explain(given)[pipeline] ?? []).toEqual(expected);
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
      const objected = Object.keys(explain(given));
      expect([given, [...objected, ...Object.keys(filter(given))].sort()]).toEqual([
        given,
        PIPELINES.map(({ name }) => name).sort(),
      ]);
    }
  });

  test('are none where Gerrit would have to be asked', () => {
    const [files, merges] = Pipelines.parse([
      { name: 'files', triggers: [{ event: 'patchset-created', file: 'x' }] },
      { name: 'merges', trust: 'post-review', triggers: [{ event: 'change-merged', file: 'x' }] },
    ]);

    expect(Object.keys(compileExplain([files, merges].flatMap((given) => given ?? []))(event()))).toEqual(['merges']);
  });
});
