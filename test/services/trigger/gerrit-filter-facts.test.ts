import { TransientError } from '../../../services/shared/errors';
import { membershipKey, type Need } from '../../../services/shared/filter/model-facts';
import { ChangeInfo, GroupDetailInfo } from '../../../services/shared/gerrit-schema';
import { GerritFilterFacts } from '../../../services/trigger/gerrit-filter-facts';
import { event, REVISION } from './fixtures';

const TIME = '2026-11-23 10:00:00.000000000';
const alice = { _account_id: 1, name: 'Alice', email: 'alice@wiki.test', username: 'alice' };
const change = (more: object = {}) =>
  ChangeInfo.parse({
    id: 'demo~7',
    project: 'demo',
    branch: 'main',
    change_id: 'I7',
    _number: 7,
    subject: 'x',
    status: 'NEW',
    created: TIME,
    updated: TIME,
    owner: alice,
    ...more,
  });
const group = (more: object = {}) =>
  GroupDetailInfo.parse({ id: 'uuid-wmf', name: 'wmf', options: { visible_to_all: true }, ...more });

type Gerrit = ConstructorParameters<typeof GerritFilterFacts>[0];

/** A Gerrit that says what it is told to, and what it was asked. */
function setup(answers: Partial<Gerrit> = {}) {
  const asked: string[] = [];
  const note = (what: string) => void asked.push(what);
  const gerrit: Gerrit = {
    findChange: async (_project, _change, options = []) => {
      note(options.join(' '));
      return change();
    },
    findFiles: async () => ['a'],
    findGroup: async () => group(),
    findAccount: async () => alice,
    groupsOf: async () => [{ id: 'uuid-other', name: 'other' }, { id: 'uuid-wmf' }],
    ...answers,
  };
  const facts = new GerritFilterFacts(gerrit);
  return { asked, find: (...needs: Need[]) => facts.find(event(), needs) };
}

const member = (name = 'alice', by: 'username' | 'email' = 'username'): Extract<Need, { kind: 'membership' }> => ({
  kind: 'membership',
  account: { by, name },
  group: 'wmf',
});
const key = (need = member()) => membershipKey(need.account, need.group);

test('what is needed twice is asked once, and all of it comes together', async () => {
  const { find, asked } = setup();

  await expect(find({ kind: 'votes' }, { kind: 'votes' }, { kind: 'files' })).resolves.toMatchObject({
    files: ['a'],
    votes: [],
  });
  expect(asked).toEqual(['DETAILED_LABELS DETAILED_ACCOUNTS']);
});

test('votes are those that stand, with who cast them and when; zero is none', async () => {
  const all = [{ ...alice, value: 2, date: TIME }, { ...alice, value: 0 }, alice];
  const { find } = setup({ findChange: async () => change({ labels: { 'Code-Review': { all } } }) });

  expect((await find({ kind: 'votes' })).votes).toEqual([
    {
      label: 'Code-Review',
      value: 2,
      by: { name: 'Alice', email: 'alice@wiki.test', username: 'alice' },
      at: Date.parse('2026-11-23T10:00:00Z'),
    },
  ]);
});

test('of the patch set it is told what REST did not say with the event', async () => {
  const commit = { author: { name: 'Bob', email: 'bob@wiki.test' }, message: 'Fix\n' };
  const revision = { _number: 2, ref: 'r', kind: 'REWORK', created: TIME, uploader: alice, commit };
  const { find } = setup({ findChange: async () => change({ revisions: { [REVISION]: revision } }) });

  expect((await find({ kind: 'patch-set' })).patchSet).toMatchObject({
    commitMessage: 'Fix\n',
    author: { name: 'Bob' },
    uploader: { username: 'alice' },
    kind: 'REWORK',
  });
});

describe('somebody', () => {
  test('is in a group when Gerrit lists it among theirs, by UUID', async () => {
    const { find } = setup();

    await expect(find(member())).resolves.toEqual({ memberships: { [key()]: true } });
  });

  test('is not when it does not, which is an answer', async () => {
    const { find } = setup({ groupsOf: async () => [{ id: 'uuid-other', name: 'wmf' }] });

    await expect(find(member())).resolves.toEqual({ memberships: { [key()]: false } });
  });

  test('who is only an address in a commit need not have an account', async () => {
    const { find } = setup({ findAccount: async () => undefined });
    const need = member('eve@wiki.test', 'email');

    await expect(find(need)).resolves.toEqual({ memberships: { [key(need)]: false } });
  });
});

test.each<[string, Partial<Gerrit>, Need, RegExp]>([
  ['a change that is gone', { findChange: async () => undefined }, { kind: 'votes' }, /does not show change 7/],
  ['files that are not told', { findFiles: async () => undefined }, { kind: 'files' }, /does not say which files/],
  ['a patch set that is not there yet', {}, { kind: 'patch-set' }, /does not show commit and uploader/],
  ['a group that is hidden', { findGroup: async () => undefined }, member(), /who is in group 'wmf'.*visible to all/],
  [
    'a group whose members are hidden',
    { findGroup: async () => group({ options: { visible_to_all: false } }) },
    member(),
    /who is in group 'wmf'/,
  ],
  ['a group that only a number leads to', { findGroup: async () => group({ name: 'x' }) }, member(), /'wmf'/],
  ['an account that is hidden', { findAccount: async () => undefined }, member(), /does not show us account 'alice'/],
  [
    'an account whose number is another’s name',
    { findAccount: async () => alice },
    member('1'),
    /does not show us account '1'/,
  ],
  ['groups that are not told', { groupsOf: async () => undefined }, member(), /does not say which groups/],
])('%s is an error that a retry could mend, and no answer', async (_, answers, need, message) => {
  const finding = setup(answers).find(need);

  await expect(finding).rejects.toThrow(TransientError);
  await expect(finding).rejects.toThrow(message);
});
