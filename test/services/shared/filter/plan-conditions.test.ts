import type { GerritEvent } from '../../../../core/gerrit-event';
import { decideFilter } from '../../../../services/shared/filter/decide-filter';
import { type GerritFacts, membershipKey } from '../../../../services/shared/filter/model-facts';
import { change, commented, created, filterOf, NOW, recovered, subject, updated } from './fixtures';

const decide = (trigger: object, event: GerritEvent, facts?: GerritFacts) =>
  decideFilter(filterOf({ triggers: [trigger] }), subject(event, facts)).kind;
const on = (conditions: object) => ({ event: 'patchset-created', ...conditions });
const onComment = (conditions: object) => ({ event: 'comment-added', ...conditions });
const onRef = (conditions: object) => ({ event: 'ref-updated', ...conditions });
const HOUR = 3_600_000;
const vote = (value: number, username = 'carol', age = HOUR) => ({
  label: 'Code-Review',
  value,
  by: { username },
  at: NOW - age,
});

describe('from the event alone it is decided whether', () => {
  test.each<[string, object, GerritEvent, 'pass' | 'no']>([
    ['one of several events', { event: ['change-merged', 'patchset-created'] }, created(), 'pass'],
    ['the project is that text', on({ project: { plain: 'mediawiki/core' } }), created(), 'pass'],
    ['the project is more than that text', on({ project: { plain: 'mediawiki' } }), created(), 'no'],
    ['the branch is like the glob', on({ branch: { glob: 'ma*' } }), created(), 'pass'],
    ['the branch is one of a list', on({ branch: ['^REL', { plain: 'master' }] }), created(), 'pass'],
    ['the commit message has it', on({ commitMessage: '(?m)^Bug: T\\d+$' }), created(), 'pass'],
    ['the commit message has it not', on({ commitMessage: 'Depends-On' }), created(), 'no'],
    ['the uploader is somebody', on({ uploader: { username: { plain: 'alice' } } }), created(), 'pass'],
    ['all of the uploader fits', on({ uploader: { username: 'alice', email: 'evil' } }), created(), 'no'],
    ['the author is somebody else', on({ author: { email: '@wiki\\.test$', name: 'Alice' } }), created(), 'no'],
    ['an author without user name fits none', on({ author: { username: '.' } }), created(), 'no'],
    ['the patch set is a rework', on({ kind: ['REWORK', 'TRIVIAL_REBASE'] }), created(), 'pass'],
    ['the patch set changes no code', on({ kind: 'NO_CODE_CHANGE' }), created(), 'no'],
    ['who did it', on({ by: { username: 'alice' } }), created(), 'pass'],
    ['who commented, not who uploaded', onComment({ by: { username: 'alice' } }), commented('x'), 'no'],
    ['who pushed', onRef({ by: { username: 'dave' } }), updated('refs/heads/x'), 'pass'],
    ['nobody is named', onRef({ by: { username: '.' } }), { ...updated('refs/heads/x'), submitter: undefined }, 'no'],
    ['the ref is a tag', onRef({ tag: { glob: 'v*' } }), updated('refs/tags/v1'), 'pass'],
    ['a branch is no tag', onRef({ tag: '.' }), updated('refs/heads/v1'), 'no'],
    ['a ref has no topic', onRef({ topic: '' }), updated('refs/heads/v1'), 'no'],
    ['a ref is no change that could be ready', onRef({ wip: false }), updated('refs/heads/v1'), 'no'],
    ['a ref has nothing to reject', onRef({ reject: { wip: true, hashtag: '.' } }), updated('refs/heads/v1'), 'pass'],
    ['require holds', on({ require: { branch: 'master', kind: 'REWORK' } }), created(), 'pass'],
    ['one of require does not hold', on({ require: { branch: 'master', kind: 'NO_CHANGE' } }), created(), 'no'],
    ['none of reject holds', on({ reject: { branch: '^REL', kind: 'NO_CHANGE' } }), created(), 'pass'],
    ['one of reject holds', on({ reject: { branch: '^REL', kind: 'REWORK' } }), created(), 'no'],
  ])('%s', (_, trigger, event, expected) => {
    expect(decide(trigger, event)).toBe(expected);
  });

  test.each<[object | string, string, 'pass' | 'no']>([
    ['recheck', 'recheck', 'pass'],
    ['recheck', '  ReCheck ', 'pass'],
    ['recheck', 'Thanks!\n\nrecheck\n', 'pass'],
    ['recheck', 'recheck please', 'no'],
    ['recheck', 'please recheck', 'no'],
    ['recheck', '', 'no'],
    ['check php', 'check   php', 'pass'],
    ['check php', 'check', 'no'],
    [{ name: 'check php', arguments: '^8\\.\\d$' }, 'check php 8.3', 'pass'],
    [{ name: 'check php', arguments: '^8\\.\\d$' }, 'check php 7.4', 'no'],
    [{ name: 'check php', arguments: '^8\\.\\d$' }, 'check php', 'no'],
    [{ name: 'check', arguments: { glob: '{php,perf}*' } }, 'check php  8.3', 'pass'],
    [{ name: 'check', arguments: '' }, 'check', 'pass'],
  ])('command %j is said in %j', (command, text, expected) => {
    expect(decide(onComment({ command }), commented(text))).toBe(expected);
  });

  test.each<[string, object | object[], Partial<GerritEvent>, 'pass' | 'no']>([
    ['was cast', { label: 'Code-Review', value: 2 }, { votes: [{ label: 'Code-Review', value: 2 }] }, 'pass'],
    ['is another', { label: 'Code-Review', value: [1, 2] }, { votes: [{ label: 'Code-Review', value: -1 }] }, 'no'],
    ['stood before', { label: 'Code-Review', value: 2 }, { votes: [] }, 'no'],
    ['was taken back', { label: 'Code-Review', value: 0 }, { votes: [{ label: 'Code-Review', value: 0 }] }, 'pass'],
    [
      'is one of several',
      [
        { label: 'Verified', value: 1 },
        { label: 'Code-Review', value: 2 },
      ],
      { votes: [{ label: 'Code-Review', value: 2 }] },
      'pass',
    ],
    [
      'was kept by an older ledger, in words only',
      { label: 'Code-Review', value: 2 },
      { comment: 'Patch Set 2: Code-Review+2' },
      'pass',
    ],
  ])('a vote %s', (_, approval, event, expected) => {
    expect(decide(onComment({ approval }), commented('', event))).toBe(expected);
  });
});

describe('by facts of Gerrit it is decided whether', () => {
  test.each<[string, object, GerritFacts, 'pass' | 'no']>([
    ['the topic fits', { topic: '^l10n' }, { change: change({ topic: 'l10n-bot' }) }, 'pass'],
    ['there is no topic', { topic: '' }, { change: change() }, 'no'],
    ['a hashtag fits', { hashtag: [{ plain: 'ci' }] }, { change: change({ hashtags: ['x', 'ci'] }) }, 'pass'],
    ['it is ready', { wip: false }, { change: change() }, 'pass'],
    ['it is work in progress', { wip: false }, { change: change({ isWip: true }) }, 'no'],
    ['it is private', { reject: { private: true } }, { change: change({ isPrivate: true }) }, 'no'],
    ['a file fits', { file: { glob: 'src/**' } }, { files: ['docs/a', 'src/b'] }, 'pass'],
    ['no file fits', { file: { glob: 'src/**' } }, { files: ['docs/a'] }, 'no'],
    ['what Gerrit adds is no file', { file: '.' }, { files: ['/COMMIT_MSG', '/MERGE_LIST', '/PATCHSET_LEVEL'] }, 'no'],
    ['one file is forbidden', { forbiddenFile: '^docs/' }, { files: ['docs/a', 'src/b'] }, 'no'],
    ['no file is forbidden', { forbiddenFile: '^docs/' }, { files: ['src/b'] }, 'pass'],
    ['some files are irrelevant', { irrelevantFile: '^docs/' }, { files: ['docs/a', 'src/b'] }, 'pass'],
    ['all files are irrelevant', { irrelevantFile: '^docs/' }, { files: ['docs/a', '/COMMIT_MSG'] }, 'no'],
    ['there are no files that could be', { irrelevantFile: '^docs/' }, { files: ['/COMMIT_MSG'] }, 'pass'],
    ['a vote stands', { require: { approval: { label: 'Code-Review', value: 2 } } }, { votes: [vote(2)] }, 'pass'],
    ['another stands', { require: { approval: { label: 'Code-Review', value: 2 } } }, { votes: [vote(1)] }, 'no'],
    [
      'each of several stands',
      {
        require: {
          approval: [
            { label: 'Code-Review', value: 2 },
            { label: 'Code-Review', value: 1 },
          ],
        },
      },
      { votes: [vote(2)] },
      'no',
    ],
    [
      'any of several stands that must not',
      {
        reject: {
          approval: [
            { label: 'Code-Review', value: -2 },
            { label: 'Code-Review', value: 2 },
          ],
        },
      },
      { votes: [vote(2)] },
      'no',
    ],
    [
      'it is by whom it must be',
      { require: { approval: { label: 'Code-Review', value: 2, by: { username: 'alice' } } } },
      { votes: [vote(2, 'carol')] },
      'no',
    ],
    [
      'it is old enough',
      { require: { approval: { label: 'Code-Review', value: 2, olderThanSeconds: 1800 } } },
      { votes: [vote(2)] },
      'pass',
    ],
    [
      'it is new enough',
      { require: { approval: { label: 'Code-Review', value: 2, newerThanSeconds: 1800 } } },
      { votes: [vote(2)] },
      'no',
    ],
  ])('%s', (_, conditions, facts, expected) => {
    expect(decide(on(conditions), created(), facts)).toBe(expected);
    // Without them it may pass: no condition on facts is decided by silence.
    expect(decide(on(conditions), created())).toBe('unknown');
  });

  test.each([
    [true, 'pass'],
    [false, 'no'],
  ] as const)('somebody is in a group: %s', (isMember, expected) => {
    const memberships = { [membershipKey({ by: 'username', name: 'alice' }, 'wmf')]: isMember };

    expect(decide(on({ uploader: { group: 'wmf' } }), created(), { memberships })).toBe(expected);
  });

  test('nobody in doubt is in a group', () => {
    const event = created({ patchSet: { number: 1, revision: 'a', ref: 'r', uploader: { name: 'Alice' } } });

    expect(decide(on({ uploader: { group: 'wmf' } }), event)).toBe('no');
  });
});

describe('Gerrit is asked', () => {
  const needs = (trigger: object, event: GerritEvent, facts?: GerritFacts) => {
    const answer = decideFilter(filterOf({ triggers: [trigger] }), subject(event, facts));
    return answer.kind === 'unknown' ? answer.needs : answer.kind;
  };

  test('for nothing when the event says no, whatever else is not known', () => {
    expect(needs(on({ file: 'x', branch: '^REL', uploader: { group: 'g' } }), created())).toBe('no');
  });

  test('who is in a group only when the rest of the person fits', () => {
    expect(needs(on({ uploader: { username: 'eve', group: 'g' } }), created())).toBe('no');
    expect(needs(on({ uploader: { username: 'alice', group: ['g', 'h'] } }), created())).toEqual(
      ['g', 'h'].map((group) => ({ kind: 'membership', account: { by: 'username', name: 'alice' }, group })),
    );
  });

  test('who cast a vote, once there is one that fits', () => {
    const trigger = on({ require: { approval: { label: 'Code-Review', value: 2, by: { group: 'g' } } } });

    expect(needs(trigger, created())).toEqual([{ kind: 'votes' }]);
    expect(needs(trigger, created(), { votes: [vote(1)] })).toBe('no');
    expect(needs(trigger, created(), { votes: [vote(2)] })).toMatchObject([{ kind: 'membership', group: 'g' }]);
  });

  test('for what the stream says and REST does not, so that both come to the same', () => {
    const trigger = on({ commitMessage: 'Bug: T1', author: { name: 'Bob' }, uploader: { username: 'alice' } });
    const patchSet = {
      commitMessage: 'Fix it\n\nBug: T1',
      author: { name: 'Bob', email: 'bob@wiki.test' },
      uploader: { username: 'alice' },
      kind: 'REWORK',
    };

    expect(needs(trigger, created())).toBe('pass');
    expect(needs(trigger, recovered())).toEqual([{ kind: 'patch-set' }, { kind: 'patch-set' }]);
    expect(needs(trigger, recovered(), { patchSet })).toBe('pass');
  });

  test('who uploaded, of an event from REST that an older ledger kept without', () => {
    const { patchSet, ...event } = created();
    const { uploader: _, ...bare } = patchSet ?? { number: 1, revision: '', ref: '' };

    expect(needs(on({ by: { username: 'alice' } }), { ...event, patchSet: bare })).toEqual([{ kind: 'patch-set' }]);
  });

  test('about the first trigger that is undecided, and about no other before that is decided', () => {
    const filter = filterOf({
      triggers: [on({ file: 'x' }), on({ require: { approval: { label: 'Verified', value: 1 } } })],
    });

    expect(decideFilter(filter, subject(created()))).toEqual({ kind: 'unknown', needs: [{ kind: 'files' }] });
    expect(decideFilter(filter, subject(created(), { files: [] }))).toEqual({
      kind: 'unknown',
      needs: [{ kind: 'votes' }],
    });
    expect(decideFilter(filter, subject(created(), { files: ['x'] }))).toEqual({ kind: 'pass' });
  });
});

test('what the whole pipeline requires or rejects holds for every trigger', () => {
  const pipeline = { triggers: [on({}), onComment({})], require: { branch: '^master$' }, reject: { hashtag: 'skip' } };
  const filter = filterOf(pipeline);
  const elsewhere = created({ change: { project: 'p', branch: 'REL', number: 1 } });

  expect(decideFilter(filter, subject(elsewhere)).kind).toBe('no');
  expect(decideFilter(filter, subject(created())).kind).toBe('unknown');
  expect(decideFilter(filter, subject(commented('x'), { change: change() })).kind).toBe('pass');
  expect(decideFilter(filter, subject(created(), { change: change({ hashtags: ['skip-ci'] }) })).kind).toBe('no');
});
