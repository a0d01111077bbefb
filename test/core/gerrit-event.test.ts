import { actorOf, branchOf, type GerritEvent } from '../../core/gerrit-event';

const change = { project: 'demo', branch: 'master', number: 1 };
const patchSet = { number: 1, revision: 'a', ref: 'refs/changes/01/1/1', uploader: { username: 'uploader' } };
const updated = (refName: string): GerritEvent => ({
  type: 'ref-updated',
  refUpdate: { project: 'demo', refName, oldRev: 'a', newRev: 'b' },
  submitter: { username: 'pusher' },
});

test('the branch of a change and of a branch ref are named alike', () => {
  expect(branchOf({ type: 'patchset-created', change })).toBe('master');
  expect(branchOf({ type: 'patchset-created', change: { ...change, branch: 'refs/heads/x/y' } })).toBe('x/y');
  expect(branchOf(updated('refs/heads/master'))).toBe('master');
  expect(branchOf(updated('refs/tags/v1'))).toBeUndefined();
});

test.each<[GerritEvent, string]>([
  [{ type: 'patchset-created', change, patchSet }, 'uploader'],
  [{ type: 'comment-added', change, patchSet, author: { username: 'commenter' } }, 'commenter'],
  [{ type: 'change-restored', change, patchSet, restorer: { username: 'restorer' } }, 'restorer'],
  [{ type: 'change-merged', change, patchSet, submitter: { username: 'submitter' } }, 'submitter'],
  [{ type: 'change-abandoned', change, patchSet, actor: { username: 'abandoner' } }, 'abandoner'],
  [
    { type: 'vote-deleted', change, patchSet, actor: { username: 'remover' }, reviewer: { username: 'voter' } },
    'remover',
  ],
  [updated('refs/heads/master'), 'pusher'],
])('who did $type is its own account and not the uploader of the patch set it is about', (event, who) => {
  expect(actorOf(event)?.username).toBe(who);
});
