import fc from 'fast-check';
import {
  type ContributorGroup,
  decideMembers,
  groupsToRead,
  type MemberFacts,
} from '../../../../services/provisioner/members/decide-members';
import type { GroupRef, OwnerRules } from '../../../../services/provisioner/members/plan-owner-rules';
import type { GroupDetailInfo } from '../../../../services/shared/gerrit-schema';
import {
  group,
  HIDDEN,
  OWNERS,
  RECORDED_GROUP,
  RECORDED_SUBGROUP,
  REGISTERED_USERS,
  STAFF,
  visibleGroup,
} from './fixtures';

const ref = (uuid: string, name = uuid): GroupRef => ({ uuid, name });
const NO_GROUPS = { groups: {} };

function facts(
  rules: { allow?: GroupRef[]; block?: GroupRef[] } | OwnerRules,
  groups: Record<string, GroupDetailInfo | undefined> = {},
  contributors: ContributorGroup = { kind: 'none' },
): MemberFacts {
  const full: OwnerRules = 'kind' in rules ? rules : { kind: 'rules', allow: [], block: [], ...rules };
  return { rules: full, groups: new Map(Object.entries(groups)), contributors };
}

describe('decideMembers', () => {
  test('groups are expanded, each once, to active accounts with a user name, as Gerrit was recorded', () => {
    const recorded = { [OWNERS]: group(RECORDED_GROUP), [STAFF]: group(RECORDED_SUBGROUP), [HIDDEN]: undefined };

    expect(decideMembers(facts({ allow: [ref(OWNERS, 'owners')] }, recorded), NO_GROUPS)).toEqual({
      owners: ['alice', 'bob'],
      ownerGroups: [],
      contributors: [],
      contributorGroups: [],
      notBound: [
        'Registered Users: global groups are never bound',
        'hidden: hidden from our account, or gone; make it visible to all',
      ],
    });
  });

  test.each([
    'global:Registered-Users',
    'global:Anonymous-Users',
    'global:Project-Owners',
    'global:Change-Owner',
    'user:mallory',
  ])('%s is never bound, even where it is mapped', (uuid) => {
    const decided = decideMembers(facts({ allow: [ref(uuid, 'everybody')] }), { groups: { everybody: 'staff' } });

    expect(decided).toMatchObject({ owners: [], ownerGroups: [] });
    expect(decided.notBound).toEqual(['everybody: global groups are never bound']);
  });

  test('a group of another back end is bound as a group where it is mapped, and else not at all', () => {
    const ldap = facts({ allow: [ref('ldap:cn=ops,dc=example', 'ldap/ops'), ref('ldap:cn=x', 'ldap/x')] });

    expect(decideMembers(ldap, { groups: { 'ldap/ops': 'ops' } })).toMatchObject({
      owners: [],
      ownerGroups: ['ops'],
      notBound: ["ldap/x: not one of Gerrit's own, and `seakeeper:members` maps it to none"],
    });
  });

  test("a group of Gerrit's own that is called like a mapped one is no group of the identity provider", () => {
    const impostor = facts(
      { allow: [ref(OWNERS, 'ldap/ops')] },
      { [OWNERS]: visibleGroup(OWNERS, 'ldap/ops', ['eve']) },
    );

    expect(decideMembers(impostor, { groups: { 'ldap/ops': 'ops' } })).toMatchObject({
      owners: ['eve'],
      ownerGroups: [],
    });
  });

  test.each(['system:masters', 'system:authenticated'])(
    '%s is bound for nobody, whatever the mapping says',
    (target) => {
      const decided = decideMembers(facts({ allow: [ref('ldap:x', 'ldap/x')] }), { groups: { 'ldap/x': target } });

      expect(decided).toMatchObject({
        ownerGroups: [],
        notBound: [`ldap/x: ${target} is one of Kubernetes' own groups`],
      });
    },
  );

  test.each(['__proto__', 'constructor', 'toString'])('a group called %s is mapped to none', (name) => {
    expect(decideMembers(facts({ allow: [ref('ldap:x', name)] }), NO_GROUPS)).toMatchObject({ ownerGroups: [] });
  });

  test.each(['system:admin', 'system:serviceaccount:kube-system:x', 'a b', '', '*', 'a\nb', 'x'.repeat(200), 'а:лиса'])(
    'user name %j is bound for nobody',
    (username) => {
      const members = [{ _account_id: 1, username }];
      const hostile = group({ id: OWNERS, name: 'owners', options: { visible_to_all: true }, members });

      expect(decideMembers(facts({ allow: [ref(OWNERS)] }, { [OWNERS]: hostile }), NO_GROUPS).owners).toEqual([]);
    },
  );

  test('who is in a blocked group owns nothing', () => {
    const groups = {
      [OWNERS]: visibleGroup(OWNERS, 'owners', ['alice', 'bob']),
      [STAFF]: visibleGroup(STAFF, 'blocked', ['bob']),
    };

    expect(decideMembers(facts({ allow: [ref(OWNERS)], block: [ref(STAFF)] }, groups), NO_GROUPS).owners).toEqual([
      'alice',
    ]);
  });

  test.each([
    ['hidden', HIDDEN, undefined],
    ['not shown in full', HIDDEN, group({ id: HIDDEN, name: 'b', members: [] })],
    ['global', REGISTERED_USERS, undefined],
    ['of another back end', 'ldap:cn=banned', undefined],
  ])('nobody owns it when a blocked group is %s', (_what, uuid, detail) => {
    const groups = { [OWNERS]: visibleGroup(OWNERS, 'owners', ['alice']), [uuid]: detail };

    expect(
      decideMembers(facts({ allow: [ref(OWNERS)], block: [ref(uuid, 'banned')] }, groups), NO_GROUPS),
    ).toMatchObject({
      owners: [],
      ownerGroups: [],
      problem: { reason: 'BlockNotReadable', message: expect.stringContaining("'banned'") },
    });
  });

  test('nobody owns it when a group in a blocked group is hidden', () => {
    const groups = {
      [OWNERS]: visibleGroup(OWNERS, 'owners', ['alice']),
      [STAFF]: visibleGroup(STAFF, 'blocked', ['bob'], [{ id: HIDDEN, name: 'inner' }]),
      [HIDDEN]: undefined,
    };

    expect(
      decideMembers(facts({ allow: [ref(OWNERS)], block: [ref(STAFF)] }, groups), NO_GROUPS).problem?.message,
    ).toContain("'inner'");
  });

  test('a group of the identity provider is not bound beside a block: it would be in part', () => {
    const groups = { [STAFF]: visibleGroup(STAFF, 'blocked', ['bob']) };
    const rules = { allow: [ref('ldap:ops', 'ldap/ops')], block: [ref(STAFF)] };

    expect(decideMembers(facts(rules, groups), { groups: { 'ldap/ops': 'ops' } })).toMatchObject({
      ownerGroups: [],
      problem: { reason: 'GroupPartlyBlocked' },
    });
  });

  test('nobody owns what has rules that cannot be read; contributors look on', () => {
    const contributors: ContributorGroup = { kind: 'group', group: ref(STAFF, 'staff') };
    const decided = decideMembers(
      facts(
        { kind: 'unreadable', project: 'parent' },
        { [STAFF]: visibleGroup(STAFF, 'staff', ['bob']) },
        contributors,
      ),
      NO_GROUPS,
    );

    expect(decided).toMatchObject({ owners: [], contributors: ['bob'], problem: { reason: 'AccessNotReadable' } });
    expect(decided.problem?.message).toBe(
      "Gerrit does not show the access rules of 'parent'; grant its account Read on refs/meta/config of 'parent' (All-Projects grants it for all)",
    );
  });

  test('everybody who is registered is no contributor group', () => {
    const contributors: ContributorGroup = { kind: 'group', group: ref(REGISTERED_USERS, 'Registered Users') };

    expect(decideMembers(facts({}, {}, contributors), NO_GROUPS)).toMatchObject({
      contributors: [],
      contributorGroups: [],
      notBound: ['Registered Users: global groups are never bound'],
    });
  });

  test('a contributor group that Gerrit does not show is told', () => {
    expect(decideMembers(facts({}, {}, { kind: 'missing', name: 'trusted' }), NO_GROUPS).notBound).toEqual([
      'trusted: Gerrit shows our account no group of that name',
    ]);
  });

  test('more people than a Project may name own it as little as everybody does', () => {
    const many = Array.from({ length: 1001 }, (_, index) => `user-${index}`);
    const members = many.map((username, index) => ({ _account_id: index, username }));
    const crowd = group({ id: OWNERS, name: 'owners', members });

    expect(decideMembers(facts({ allow: [ref(OWNERS)] }, { [OWNERS]: crowd }), NO_GROUPS)).toMatchObject({
      owners: [],
      problem: { reason: 'TooManyPeople' },
    });
  });
});

describe('groups that include each other in any way', () => {
  const uuids = Array.from({ length: 6 }, (_, index) => String(index).repeat(40));
  const graph = fc.array(
    fc.record({ users: fc.subarray(['a', 'b', 'c', 'd']), includes: fc.subarray(uuids), hidden: fc.boolean() }),
    { minLength: uuids.length, maxLength: uuids.length },
  );

  test('are read once each, in finitely many steps, and bind exactly who can be reached', () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const known = new Map(
          uuids.map((uuid, index) => {
            const { users = [], includes = [], hidden = false } = nodes[index] ?? {};
            const inner = includes.map((id) => ({ id, name: id }));
            return [uuid, hidden ? undefined : visibleGroup(uuid, uuid, users, inner)] as const;
          }),
        );
        const groups = new Map<string, GroupDetailInfo | undefined>();
        const now = (): MemberFacts => ({ ...facts({ allow: [ref(uuids[0] ?? '')] }), groups });
        let rounds = 0;
        for (let wanted = groupsToRead(now()); wanted.length > 0; wanted = groupsToRead(now())) {
          rounds += 1;
          expect(wanted.every((uuid) => !groups.has(uuid))).toBe(true);
          for (const uuid of wanted) groups.set(uuid, known.get(uuid));
        }

        expect(rounds).toBeLessThanOrEqual(uuids.length);
        expect(decideMembers(now(), NO_GROUPS).owners).toEqual(reachable(uuids[0] ?? '', known));
      }),
    );
  });

  function reachable(from: string, known: ReadonlyMap<string, GroupDetailInfo | undefined>): string[] {
    const seen = new Set<string>();
    const visit = (uuid: string): string[] => {
      const node = seen.has(uuid) ? undefined : known.get(uuid);
      seen.add(uuid);
      const own = node?.members.flatMap(({ username }) => username ?? []) ?? [];
      return [...own, ...(node?.includes.flatMap(({ id }) => visit(id)) ?? [])];
    };
    return [...new Set(visit(from))].sort();
  }
});
