import { pino } from 'pino';
import { MembersConfig } from '../../../../core/service-config';
import { type KnownProject, MembersController } from '../../../../services/provisioner/members/members-controller';
import { GerritClient } from '../../../../services/shared/gerrit-client';
import { KubeError } from '../../../../services/shared/kube-client';
import { RecordedGerrit } from '../../shared/recorded-gerrit';
import {
  accessJson,
  HIDDEN,
  OWNERS,
  RECORDED_GLOBAL_GROUP,
  RECORDED_GROUP,
  RECORDED_SUBGROUP,
  REGISTERED_USERS,
  STAFF,
} from './fixtures';

const log = pino({ level: 'silent' });
const config = (more: Partial<MembersConfig> = {}): MembersConfig => MembersConfig.parse({ enabled: true, ...more });
const known = (gerritName: string): KnownProject => ({ name: gerritName, gerritName, members: undefined });

interface Write {
  readonly path: string;
  readonly body: unknown;
}

let recorded: RecordedGerrit;
let gerrit: GerritClient;
let writes: Write[];
let controller: MembersController;
let refusal: Error | undefined;
let refusePath: string | undefined;

beforeEach(async () => {
  recorded = new RecordedGerrit()
    .on(`GET /groups/${OWNERS}/detail`, { json: RECORDED_GROUP })
    .on(`GET /groups/${STAFF}/detail`, { json: RECORDED_SUBGROUP })
    .on(`GET /groups/${HIDDEN}/detail`, { text: 'Not found', status: 404 })
    .on('GET /access/?project=All-Projects', { json: { 'All-Projects': accessJson({ parent: undefined }) } });
  gerrit = new GerritClient({
    baseUrl: await recorded.start(),
    account: 'ci',
    password: () => 'x',
    attempts: 1,
  });
  writes = [];
  refusal = undefined;
  refusePath = undefined;
  const patch = (path: string, _type: string, body: unknown) => {
    if (refusal !== undefined) return Promise.reject(refusal);
    if (refusePath !== undefined && path.endsWith(refusePath)) {
      return Promise.reject(new KubeError(422, 'Invalid', 'not valid'));
    }
    writes.push({ path, body });
    return Promise.resolve({});
  };
  controller = new MembersController({ kube: { patch }, gerrit, log });
});

afterEach(async () => {
  await gerrit.close();
  await recorded.stop();
});

const query = (names: readonly string[]) =>
  `GET /access/?${names.map((name) => `project=${encodeURIComponent(name)}`).join('&')}`;

function answerAccess(projects: Record<string, ReturnType<typeof accessJson>>): void {
  recorded.on(query(Object.keys(projects)), { json: projects });
}

describe('MembersController', () => {
  test('120 projects of one group cost three requests for their access and one for each group and parent', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `mediawiki/extensions/E${index}`);
    for (let start = 0; start < names.length; start += 50) {
      const batch = names.slice(start, start + 50);
      answerAccess(Object.fromEntries(batch.map((name) => [name, accessJson({ owner: { [OWNERS]: 'ALLOW' } })])));
    }

    await expect(controller.refresh(names.map(known), config())).resolves.toBe(true);

    expect(recorded.calls).toHaveLength(3 + 1 + 3);
    expect(writes).toHaveLength(120);
    expect(writes[0]?.body).toMatchObject({ status: { members: { owners: ['alice', 'bob'] } } });
  });

  test('a refresh that finds the same writes nothing', async () => {
    answerAccess({ p: accessJson({ owner: { [OWNERS]: 'ALLOW' } }) });
    const members = {
      owners: ['alice', 'bob'],
      contributors: [],
      ownerGroups: [],
      contributorGroups: [],
      notBound: [
        'Registered Users: global groups are never bound',
        'hidden: hidden from our account, or gone; make it visible to all',
      ],
    };

    await controller.refresh([{ ...known('p'), members }], config());

    expect(writes).toEqual([]);
  });

  test('Registered Users as owner binds nobody, and says so', async () => {
    const owner = { [REGISTERED_USERS]: 'ALLOW' } as const;
    answerAccess({ p: accessJson({ owner, names: { [REGISTERED_USERS]: 'Registered Users' } }) });

    await controller.refresh([known('p')], config());

    expect(writes[0]?.body).toMatchObject({
      status: {
        members: { owners: [], ownerGroups: [], notBound: [expect.stringMatching(/^Registered Users: global/)] },
      },
    });
    expect(recorded.calls.filter((call) => call.includes('/groups/'))).toEqual([]);
  });

  test('one that Gerrit does not have is owned by nobody, and the others of its batch are not held up', async () => {
    recorded.on(query(['gone', 'p']), { text: 'gone', status: 404 });
    recorded.on(query(['gone']), { text: 'gone', status: 404 });
    answerAccess({ p: accessJson({ owner: { [STAFF]: 'ALLOW' } }) });

    await controller.refresh([known('gone'), known('p')], config());

    expect(writes.map(({ body }) => body)).toEqual([
      {
        status: {
          members: expect.objectContaining({ problem: expect.objectContaining({ reason: 'AccessNotReadable' }) }),
        },
      },
      { status: { members: expect.objectContaining({ owners: ['alice', 'bob'] }) } },
    ]);
  });

  test.each([
    [404, 'Not found'],
    [409, 'project hidden has state HIDDEN does not permit read'],
    [400, 'a name it does not like'],
  ])('a project for which Gerrit answers %i does not hold up the others', async (status, text) => {
    recorded.on(query(['hidden', 'p']), { text, status }).on(query(['hidden']), { text, status });
    answerAccess({ p: accessJson({ owner: { [STAFF]: 'ALLOW' } }) });

    await controller.refresh([known('hidden'), known('p')], config());

    expect(writes.find(({ path }) => path.endsWith('/p/status'))?.body).toMatchObject({
      status: { members: { owners: ['alice', 'bob'] } },
    });
  });

  test('a Project that the API server refuses to change does not hold up the others', async () => {
    answerAccess({ p: accessJson(), q: accessJson({ owner: { [STAFF]: 'ALLOW' } }) });
    refusePath = '/p/status';

    await expect(controller.refresh([known('p'), known('q')], config())).rejects.toThrow('not valid');

    expect(writes.map(({ path }) => path)).toEqual([expect.stringMatching(/\/q\/status$/)]);
  });

  test("a project's own contributor group is found by its name, encoded", async () => {
    answerAccess({ 'a/b': accessJson() });
    recorded.on('GET /groups/ci-a%2Fb/detail', { json: { ...RECORDED_SUBGROUP, name: 'ci-a/b', includes: [] } });

    await controller.refresh([known('a/b')], config({ contributorGroup: 'ci-{project}' }));

    expect(writes[0]?.body).toMatchObject({ status: { members: { owners: [], contributors: ['bob'] } } });
  });

  test('a project called like a UUID or a number gets no other group for its own', async () => {
    answerAccess({ '1': accessJson() });
    recorded.on('GET /groups/1/detail', { json: { ...RECORDED_GROUP, name: 'Administrators' } });

    await controller.refresh([known('1')], config({ contributorGroup: '{project}' }));

    expect(writes[0]?.body).toMatchObject({ status: { members: { contributors: [], notBound: [] } } });
  });

  test('a global group that is named as contributor group looks at nothing', async () => {
    answerAccess({ p: accessJson() });
    recorded.on('GET /groups/Registered%20Users/detail', { json: RECORDED_GLOBAL_GROUP });

    await controller.refresh([known('p')], config({ contributorGroup: 'Registered Users' }));

    expect(writes[0]?.body).toMatchObject({
      status: { members: { contributors: [], notBound: ['Registered Users: global groups are never bound'] } },
    });
  });

  test('a Gerrit that is down is asked once, not once a project, and nothing is written within the refresh time', async () => {
    recorded.on(query(['a', 'b']), { text: 'restarting', status: 503 });
    const projects = Array.from({ length: 100 }, (_, index) => known(`q${index}`));

    await expect(controller.refresh([known('a'), known('b')], config())).resolves.toBe(false);
    await expect(controller.refresh(projects, config())).resolves.toBe(true);

    expect(recorded.calls.filter((call) => call === query(['a', 'b']))).toHaveLength(1);
    expect(writes.filter(({ path }) => /\/[ab]\/status$/.test(path))).toEqual([]);
  });

  test('one answer that makes no sense holds up its project only', async () => {
    answerAccess({ odd: accessJson({ owner: { [HIDDEN]: 'ALLOW' } }), p: accessJson({ owner: { [STAFF]: 'ALLOW' } }) });
    recorded.on(`GET /groups/${HIDDEN}/detail`, { json: { members: 'all' } });
    recorded.on(`GET /groups/${OWNERS}/detail`, { json: { ...RECORDED_GROUP, includes: [] } });

    await expect(controller.refresh([known('odd'), known('p')], config())).resolves.toBe(true);

    expect(writes.map(({ path }) => path)).toEqual([expect.stringMatching(/\/p\/status$/)]);
  });

  test('a Project that is gone meanwhile is none of its business; another refusal is', async () => {
    answerAccess({ p: accessJson() });
    refusal = new KubeError(404, 'NotFound', 'gone');
    await expect(controller.refresh([known('p')], config())).resolves.toBe(true);

    refusal = new KubeError(403, 'Forbidden', 'may not');
    await expect(controller.refresh([known('p')], config())).rejects.toThrow('may not');
  });

  test('people that follow Gerrit no more are taken off', async () => {
    const members = { owners: ['alice'], contributors: [], ownerGroups: [], contributorGroups: [], notBound: [] };

    await controller.forget([known('a'), { ...known('b'), members }]);

    expect(writes).toEqual([{ path: expect.stringMatching(/\/b\/status$/), body: { status: { members: null } } }]);
  });
});
