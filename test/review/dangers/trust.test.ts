import { dangers, object } from '../objects';

const PIPELINE = {
  name: 'check',
  trust: 'pre-review',
  manager: 'independent',
  triggers: [{ event: 'patchset-created' }, { event: 'comment-added', comment: 'recheck' }],
};
const GERRIT = {
  httpUrl: 'https://gerrit.example',
  sshHost: 'gerrit.example',
  sshHostKeys: ['ssh-ed25519 AAA'],
  account: 'ci',
};
const config = (pipeline: object = {}, gerrit: object = {}) =>
  object('v1', 'ConfigMap', 'gateway-config', {
    data: {
      'config.json': JSON.stringify({ pipelines: [{ ...PIPELINE, ...pipeline }], gerrit: { ...GERRIT, ...gerrit } }),
    },
  });

test.each([
  ['post-review trust', { trust: 'post-review' }, 'pipeline `check` is post-review now: its runs may hold secrets'],
  [
    'another event',
    { triggers: [...PIPELINE.triggers, { event: 'ref-updated' }] },
    'pipeline `check` starts on more, or on something else: `{"event":"ref-updated"}`',
  ],
  [
    'a pattern that cannot be compared',
    { triggers: [PIPELINE.triggers[0], { event: 'comment-added', comment: '.*' }] },
    'pipeline `check` starts on more, or on something else: `{"comment":".*","event":"comment-added"}`',
  ],
  [
    'a condition taken away',
    { triggers: [PIPELINE.triggers[0], { event: 'comment-added' }] },
    'pipeline `check` starts on more, or on something else: `{"event":"comment-added"}`',
  ],
  [
    'changes to refs/meta/config',
    { triggers: [{ event: 'patchset-created', branch: 'refs/meta/config' }] },
    'pipeline `check` starts on more, or on something else: `{"branch":"refs/meta/config","event":"patchset-created"}`',
  ],
  [
    'a vote',
    { label: { name: 'Verified', success: 2 } },
    'pipeline `check` votes `{"name":"Verified","success":2}` (was `nothing`)',
  ],
])('%s is dangerous', (_, pipeline, expected) => {
  expect(dangers(config(), config(pipeline))).toEqual([`trust: ${expected}`]);
});

test.each([
  [{ require: { wip: false } }, {}],
  [{ reject: { hashtag: 'skip' } }, {}],
  [{ reject: { hashtag: 'skip' } }, { reject: { topic: 'x' } }],
])('what a pipeline requires or rejects of all its triggers is dangerous to lose: %j', (before, after) => {
  expect(dangers(config(before), config(after))).toHaveLength(2);
  expect(dangers(config(), config(before))).toEqual([]);
});

test('fewer triggers, one more condition, less trust, another description and priority are harmless', () => {
  expect(dangers(config(), config({ triggers: [{ event: 'patchset-created' }] }))).toEqual([]);
  expect(dangers(config(), config({ triggers: [{ event: 'patchset-created', project: '^demo$' }] }))).toEqual([]);
  expect(dangers(config({ trust: 'post-review' }), config())).toEqual([]);
  expect(dangers(config(), config({ description: 'other', priority: 7 }))).toEqual([]);
});

test('a gate that gates no more is dangerous, and one that begins to is not', () => {
  expect(dangers(config({ manager: 'dependent' }), config())).toEqual(['trust: pipeline `check` no longer gates']);
  expect(dangers(config(), config({ manager: 'dependent' }))).toEqual([]);
});

test('a pipeline that reviewed definitions and runs what they say now is dangerous', () => {
  expect(dangers(config({ manager: 'definitions' }), config())).toEqual([
    'trust: pipeline `check` runs Workflows now, and no longer reviews definitions',
  ]);
  expect(dangers(config(), config({ manager: 'definitions' }))).toEqual([]);
});

test("outsiders' patches that wait no more are dangerous, and other words for their authors are not", () => {
  const waits = (unmet: string) =>
    config({ triggers: [{ event: 'patchset-created', require: { uploader: { group: 'trusted' } }, unmet }] });

  expect(dangers(waits('Ask.'), config({ triggers: [{ event: 'patchset-created' }] }))).toEqual([
    'trust: pipeline `check` starts on more, or on something else: `{"event":"patchset-created"}`',
  ]);
  expect(dangers(waits('Ask.'), waits('Ask somebody.'))).toEqual([]);
});

test('switching on a post-review pipeline is dangerous, switching one off is not', () => {
  const [off, on] = [config({ trust: 'post-review', enabled: false }), config({ trust: 'post-review', enabled: true })];

  expect(dangers(off, on)).toEqual(['trust: new pipeline `check` is post-review: its runs may hold secrets']);
  expect(dangers(on, off)).toEqual([]);
});

test('a new pipeline is dangerous when it is post-review', () => {
  const two = (trust: string) =>
    object('v1', 'ConfigMap', 'gateway-config', {
      data: {
        'config.json': JSON.stringify({
          pipelines: [PIPELINE, { ...PIPELINE, name: 'deploy', trust }],
          gerrit: GERRIT,
        }),
      },
    });

  expect(dangers(config(), two('post-review'))).toEqual([
    'trust: new pipeline `deploy` is post-review: its runs may hold secrets',
  ]);
  expect(dangers(config(), two('pre-review'))).toEqual([]);
});

test('another Gerrit, or another host key to believe, is dangerous; one key fewer is not', () => {
  const keys = ['ssh-ed25519 AAA', 'ssh-ed25519 BBB'];

  expect(dangers(config(), config({}, { sshHostKeys: keys }))).toEqual([
    'trust: believes another host key of Gerrit: `ssh-ed25519 BBB`',
  ]);
  expect(dangers(config({}, { sshHostKeys: keys }), config())).toEqual([]);
  expect(dangers(config(), config({}, { sshHost: 'evil.example' }))).toEqual([
    'trust: takes another Gerrit for real: sshHost `gerrit.example` → `evil.example`',
  ]);
});
