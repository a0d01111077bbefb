import { explain } from '../../../../services/shared/filter/decide-explanation';
import { renderObjections } from '../../../../services/shared/filter/render-objections';
import { change, commented, created, filterOf, subject } from './fixtures';

const linesOf = (pipeline: object, ...of: Parameters<typeof subject>) =>
  renderObjections(explain(filterOf(pipeline), subject(...of)));

describe('objections', () => {
  test('name of each trigger for that kind of event the first condition that said no, then of the pipeline', () => {
    const pipeline = {
      triggers: [
        { event: 'comment-added', comment: 'recheck' },
        { event: 'patchset-created', branch: ['^REL', { glob: 'wmf/*' }], project: 'mediawiki' },
        { event: 'patchset-created', file: { plain: 'a' } },
      ],
      reject: { wip: true },
    };

    const facts = { change: change({ isWip: true }), files: ['b', 'c'] };
    expect(linesOf(pipeline, created(), facts)).toEqual([
      "branch is 'master', wanted RE2 '^REL' or glob 'wmf/*' (pipelines.check.triggers[1].branch)",
      "file does not fit, wanted 'a' (pipelines.check.triggers[2].file)",
      'wip is true, wanted anything but true (pipelines.check.reject.wip)',
    ]);
  });

  test('name the kind of event where no trigger waits for it', () => {
    expect(linesOf({ triggers: [{ event: ['comment-added', 'change-merged'] }] }, created())).toEqual([
      "event is 'patchset-created', wanted 'comment-added' or 'change-merged' (pipelines.check.triggers[0].event)",
    ]);
  });

  test('leave out triggers when one of them is content', () => {
    const pipeline = {
      triggers: [{ event: 'patchset-created', branch: 'x' }, { event: 'patchset-created' }],
      require: { hashtag: 'ready' },
    };

    expect(linesOf(pipeline, created(), { change: change() })).toEqual([
      "hashtag does not fit, wanted RE2 'ready' (pipelines.check.require.hashtag)",
    ]);
  });

  test('say in which of several votes it was', () => {
    const approval = [
      { label: 'Verified', value: 1 },
      { label: 'Code-Review', value: [1, 2], by: { group: 'wmf' } },
    ];
    const votes = [{ label: 'Verified', value: 1, by: { username: 'ci' }, at: 0 }];

    expect(linesOf({ triggers: [{ event: 'patchset-created', require: { approval } }] }, created(), { votes })).toEqual(
      [
        "approval is Verified+1, wanted Code-Review+1 or Code-Review+2 by a member of 'wmf' (pipelines.check.triggers[0].require.approval[1])",
      ],
    );
  });

  test.each([
    ['what passes', { event: 'patchset-created' }],
    ['what nobody has asked Gerrit about', { event: 'patchset-created', file: 'a' }],
  ])('are none to %s', (_what, trigger) => {
    expect(linesOf({ triggers: [trigger] }, created())).toEqual([]);
  });

  test('repeat nothing that people wrote, and name nobody', () => {
    const secret = 'hunter2';
    const trigger = { event: ['comment-added', 'patchset-created'] };
    const unfit = [
      { ...trigger, comment: 'x' },
      { ...trigger, command: 'x' },
      { ...trigger, commitMessage: '^x' },
      { ...trigger, by: { username: 'x' } },
      { ...trigger, uploader: { email: 'x' } },
      { ...trigger, author: { name: 'x' } },
      { ...trigger, require: { topic: 'x' } },
      { ...trigger, require: { hashtag: 'x' } },
      { ...trigger, require: { file: 'x' } },
      { ...trigger, forbiddenFile: secret },
      { ...trigger, require: { approval: { label: 'L', value: 1, by: { username: 'x' } } } },
    ];
    const who = { username: secret, email: secret, name: secret };
    const event = commented(secret, { author: who });
    const base = {
      ...event,
      change: { project: 'p', branch: 'b', number: 1, commitMessage: secret },
      patchSet: { ...created().patchSet, number: 1, revision: 'r', ref: 'f', uploader: who, author: who },
    };
    const facts = {
      change: change({ topic: secret, hashtags: [secret] }),
      files: [secret],
      votes: [{ label: 'L', value: 1, by: who, at: 0 }],
    };

    for (const given of unfit) {
      const [line = '', ...others] = linesOf({ triggers: [given] }, base, facts);
      expect(others).toEqual([]);
      expect(line.replace(/wanted no file that is RE2 'hunter2'/, '')).not.toContain(secret);
      expect(line).toMatch(/ \(pipelines\.check\.triggers\[0\]\.[A-Za-z.]+\)$/);
    }
  });

  test('are few and short, however many triggers and however long what is named', () => {
    const pattern = { plain: 'p'.repeat(1_000) };
    const many = Array.from({ length: 50 }, () => ({ event: 'patchset-created', project: Array(20).fill(pattern) }));

    const lines = linesOf({ triggers: many }, created());

    expect(lines).toHaveLength(10);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(300);
    expect(lines[0]).toMatch(/…? \(pipelines\.check\.triggers\[0\]\.project\)$/);
    expect(lines[9]).toBe('and 41 more');
  });
});
