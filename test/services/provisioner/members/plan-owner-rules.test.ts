import { type AccessLevel, planOwnerRules } from '../../../../services/provisioner/members/plan-owner-rules';
import { ADMINISTRATORS, access, HIDDEN, OWNERS, STAFF } from './fixtures';

const root = access({ parent: undefined });
const levels = (...accesses: AccessLevel['access'][]): AccessLevel[] =>
  accesses.map((level, index) => ({
    project: index === accesses.length - 1 ? 'All-Projects' : `p${index}`,
    access: level,
  }));
const uuids = (result: ReturnType<typeof planOwnerRules>) =>
  result.kind === 'rules'
    ? { allow: result.allow.map(({ uuid }) => uuid), block: result.block.map(({ uuid }) => uuid) }
    : result;

describe('planOwnerRules', () => {
  test('owners are those of the project and of its parents', () => {
    const child = access({ owner: { [OWNERS]: 'ALLOW' }, parent: 'p1' });
    const parent = access({ owner: { [STAFF]: 'ALLOW' } });

    expect(uuids(planOwnerRules(levels(child, parent, root)))).toEqual({ allow: [OWNERS, STAFF], block: [] });
  });

  test('who owns All-Projects administers Gerrit and owns no namespace by that', () => {
    const all = access({ owner: { [ADMINISTRATORS]: 'ALLOW' }, parent: undefined });

    expect(uuids(planOwnerRules(levels(access(), all)))).toEqual({ allow: [], block: [] });
    expect(uuids(planOwnerRules([{ project: 'All-Projects', access: all }]))).toEqual({ allow: [], block: [] });
  });

  test('a group that the project denies does not own it through a parent', () => {
    const child = access({ owner: { [STAFF]: 'DENY' }, parent: 'p1' });
    const parent = access({ owner: { [STAFF]: 'ALLOW', [OWNERS]: 'ALLOW' } });

    expect(uuids(planOwnerRules(levels(child, parent, root)))).toEqual({ allow: [OWNERS], block: [] });
  });

  test('a group that a parent denies owns what the project allows it', () => {
    const child = access({ owner: { [STAFF]: 'ALLOW' }, parent: 'p1' });
    const parent = access({ owner: { [STAFF]: 'DENY' } });

    expect(uuids(planOwnerRules(levels(child, parent, root)))).toEqual({ allow: [STAFF], block: [] });
  });

  test('an exclusive permission cuts off owners of parents, and no block', () => {
    const child = access({ owner: { [OWNERS]: 'ALLOW' }, exclusive: true, parent: 'p1' });
    const parent = access({ owner: { [STAFF]: 'ALLOW', [HIDDEN]: 'BLOCK' } });

    expect(uuids(planOwnerRules(levels(child, parent, root)))).toEqual({ allow: [OWNERS], block: [HIDDEN] });
  });

  test('a block of All-Projects reaches every project', () => {
    const all = access({ owner: { [HIDDEN]: 'BLOCK' }, parent: undefined });

    expect(uuids(planOwnerRules(levels(access({ owner: { [OWNERS]: 'ALLOW' } }), all)))).toEqual({
      allow: [OWNERS],
      block: [HIDDEN],
    });
  });

  test('owning some refs is not owning the project', () => {
    const child = access({ owner: { [OWNERS]: 'ALLOW' }, pattern: 'refs/heads/*' });

    expect(uuids(planOwnerRules(levels(child, root)))).toEqual({ allow: [], block: [] });
  });

  test('a regular expression gives nothing and takes away', () => {
    const pattern = '^refs/.*';

    expect(uuids(planOwnerRules(levels(access({ owner: { [OWNERS]: 'ALLOW' }, pattern }), root)))).toEqual({
      allow: [],
      block: [],
    });
    const child = access({ owner: { [STAFF]: 'BLOCK', [OWNERS]: 'DENY' }, pattern, parent: 'p1' });
    const parent = access({ owner: { [OWNERS]: 'ALLOW' } });
    expect(uuids(planOwnerRules(levels(child, parent, root)))).toEqual({ allow: [], block: [STAFF] });
  });

  test.each([
    ['the project', levels(access({ readable: false, owner: { [OWNERS]: 'ALLOW' } }), root), 'p0'],
    ['a parent', levels(access({ owner: { [OWNERS]: 'ALLOW' } }), undefined, root), 'p1'],
    ['All-Projects', levels(access({ owner: { [OWNERS]: 'ALLOW' } }), access({ readable: false })), 'All-Projects'],
  ])('rules of %s that cannot be read are not guessed', (_whose, chain, project) => {
    expect(planOwnerRules(chain)).toEqual({ kind: 'unreadable', project });
  });
});
