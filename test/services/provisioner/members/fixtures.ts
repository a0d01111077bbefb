import { GroupDetailInfo, ProjectAccessInfo } from '../../../../services/shared/gerrit-schema';

/** Groups of a real Gerrit, by the UUIDs it gave them. */
export const OWNERS = 'b6933ca9658805c50074ec4e92eb52bec3ee9573';
export const STAFF = '6c0a148ad9ce80b44489eaba4610367a25715807';
export const HIDDEN = '1553e532605036d8194bd0ae2653eefc10062453';
export const ADMINISTRATORS = '039054e0fbb44ad987282b2a66c142bb3a37fb41';
export const REGISTERED_USERS = 'global:Registered-Users';

const ALL_PROJECTS = 'All-Projects';

/** `GET /groups/…/detail` as a Gerrit of today answers it, with hidden and global groups among those included. */
export const RECORDED_GROUP = {
  url: '#/admin/groups/uuid-b6933ca9658805c50074ec4e92eb52bec3ee9573',
  options: { visible_to_all: true },
  group_id: 14,
  owner: 'owners',
  owner_id: OWNERS,
  created_on: '2026-11-23 09:26:13.000000000',
  members: [{ _account_id: 1000002, name: 'alice', username: 'alice' }],
  includes: [
    { options: {}, id: 'global%3ARegistered-Users', name: 'Registered Users' },
    {
      url: '#/admin/groups/uuid-1553e532605036d8194bd0ae2653eefc10062453',
      options: {},
      group_id: 15,
      owner: 'hidden',
      owner_id: HIDDEN,
      created_on: '2026-11-23 09:26:13.000000000',
      id: HIDDEN,
      name: 'hidden',
    },
    {
      url: '#/admin/groups/uuid-6c0a148ad9ce80b44489eaba4610367a25715807',
      options: { visible_to_all: true },
      group_id: 16,
      owner: 'staff',
      owner_id: STAFF,
      created_on: '2026-11-23 09:26:13.000000000',
      id: STAFF,
      name: 'staff',
    },
  ],
  id: OWNERS,
  name: 'owners',
};

/** The same for a group that includes the one above again, with an account that was set inactive. */
export const RECORDED_SUBGROUP = {
  options: { visible_to_all: true },
  group_id: 16,
  members: [
    { _account_id: 1000003, name: 'bob', username: 'bob' },
    { _account_id: 1000004, name: 'carol', username: 'carol', inactive: true },
    { _account_id: 1000005, name: 'has no user name' },
  ],
  includes: [{ options: { visible_to_all: true }, id: OWNERS, name: 'owners' }],
  id: STAFF,
  name: 'staff',
};

/** `GET /groups/global:Registered-Users/detail`: Gerrit knows no members of it. */
export const RECORDED_GLOBAL_GROUP = { options: {}, id: 'global%3ARegistered-Users', name: 'Registered Users' };

type Rules = Record<string, 'ALLOW' | 'DENY' | 'BLOCK'>;

interface AccessOptions {
  readonly owner?: Rules;
  readonly exclusive?: boolean;
  /** @default refs/* */
  readonly pattern?: string;
  /** @default All-Projects; undefined for All-Projects itself */
  readonly parent?: string | undefined;
  readonly readable?: boolean;
  readonly names?: Record<string, string>;
}

/** Access of a project as Gerrit words it. */
export function accessJson(options: AccessOptions = {}) {
  const { owner = {}, exclusive, pattern = 'refs/*', readable = true, names = {} } = options;
  const parent = 'parent' in options ? options.parent : ALL_PROJECTS;
  const rules = Object.fromEntries(Object.entries(owner).map(([uuid, action]) => [uuid, { action, force: false }]));
  const permission = { rules, ...(exclusive === undefined ? {} : { exclusive }) };
  return {
    revision: '62f50a34e9f650d0fac5aca3494a004235a1ffd0',
    ...(parent === undefined ? {} : { inherits_from: { id: parent, name: parent, state: 'ACTIVE' } }),
    local: Object.keys(owner).length === 0 ? {} : { [pattern]: { permissions: { owner: permission } } },
    owner_of: [],
    can_upload: true,
    ...(readable ? { config_visible: true } : {}),
    groups: Object.fromEntries(Object.keys(owner).map((uuid) => [uuid, { name: names[uuid] ?? uuid }])),
  };
}

export const access = (options: AccessOptions = {}): ProjectAccessInfo => ProjectAccessInfo.parse(accessJson(options));
export const group = (json: unknown): GroupDetailInfo => GroupDetailInfo.parse(json);

/** A group that everybody sees. */
export const visibleGroup = (id: string, name: string, usernames: readonly string[], includes: unknown[] = []) =>
  group({
    id,
    name,
    options: { visible_to_all: true },
    members: usernames.map((username) => ({ _account_id: accountId(username), username })),
    includes,
  });

/** The same number for the same name. */
const accountId = (username: string): number =>
  [...username].reduce((sum, character) => sum * 31 + (character.codePointAt(0) ?? 0), 7) % 1_000_003;
