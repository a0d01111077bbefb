import { parse } from 'yaml';
import { z } from 'zod';
import { PROJECT_API, ProjectObject, type ProjectStatus } from '../../../core/project';
import { projectObjectName } from '../../../core/project-name';
import type { KubeClient } from '../../../services/shared/kube-client';
import { oneStep } from '../support/definitions';
import { personClient } from '../support/person';
import { localImage, makeProject, npm, removeProject, runningSystem, type System } from '../support/system';
import { until } from '../support/until';

jest.setTimeout(120_000);

/** As `Pulumi.local.yaml` says. */
const REFRESH_MS = 15_000;
/** What the provisioner takes to read, write and bind on a machine that does other things too. */
const SLACK_MS = 15_000;

const SUFFIX = Date.now().toString(36);
const OWNERS = `owners-${SUFFIX}`;
const STAFF = `staff-${SUFFIX}`;
const alice = `alice-${SUFFIX}`;
const bob = `bob-${SUFFIX}`;
const Group = z.object({ id: z.string() });

let system: System;
let ours: { project: string; namespace: string };
let workflow: object;
let groups: Record<'owners' | 'staff' | 'contributors', string>;
let as: Record<'alice' | 'bob', KubeClient>;

beforeAll(async () => {
  system = await runningSystem();
  const { gerrit } = system;
  for (const user of [alice, bob]) {
    await gerrit.rest('PUT', `/accounts/${user}`, { name: user });
  }
  as = { alice: await personClient(alice), bob: await personClient(bob) };
  ours = await makeProject(system, 'members');
  workflow = parse(oneStep(await localImage(system.kube, 'busybox')));
  groups = {
    owners: await makeGroup(OWNERS),
    staff: await makeGroup(STAFF),
    contributors: await makeGroup(`${ours.project}-contributors`),
  };
  await gerrit.rest('PUT', `/groups/${OWNERS}/groups/${STAFF}`);
}, 50 * 60_000);

afterAll(async () => {
  await (ours && removeProject(system, ours.project));
  await system?.gerrit.close();
});

async function makeGroup(name: string): Promise<string> {
  const { id } = Group.parse(await system.gerrit.rest('PUT', `/groups/${name}`, { visible_to_all: true }));
  // Whoever makes a group is in it.
  await member('DELETE', name, 'admin');
  return id;
}

const member = (method: 'PUT' | 'DELETE', group: string, user: string) =>
  system.gerrit.rest(method, `/groups/${group}/members/${user}`);

async function changeOwners(change: object): Promise<void> {
  await system.gerrit.rest('POST', `/projects/${ours.project}/access`, change);
}

const ownerRule = (uuid: string, action: string) => ({
  'refs/*': { permissions: { owner: { rules: { [uuid]: { action } } } } },
});

async function status(): Promise<ProjectStatus | undefined> {
  const path = `/apis/${PROJECT_API.group}/${PROJECT_API.version}/${PROJECT_API.plural}/${projectObjectName(ours.project)}`;
  return ProjectObject.parse(await system.kube.get(path)).status;
}

const workflows = () => `/apis/argoproj.io/v1alpha1/namespaces/${ours.namespace}/workflows`;
const look = (who: KubeClient) => who.get(workflows());
const submit = (who: KubeClient) => who.create(`${workflows()}?dryRun=All`, workflow);
const isAllowed = async (answer: Promise<unknown>): Promise<boolean> => {
  try {
    await answer;
    return true;
  } catch (error) {
    // Refused by their rights, and not because of what is in the request.
    expect(String(error)).toMatch(/User "[^"]+" cannot /);
    return false;
  }
};

describe('a project whose people follow Gerrit', () => {
  test('is closed to a person whom Gerrit does not name', async () => {
    expect(await isAllowed(look(as.alice))).toBe(false);
  });

  test('opens to who is in a group of its owners, through another group, by the certificate they have', async () => {
    await changeOwners({ add: ownerRule(groups.owners, 'ALLOW') });
    await member('PUT', STAFF, alice);
    await member('PUT', `${ours.project}-contributors`, bob);

    await until('alice may submit', () => isAllowed(submit(as.alice)), REFRESH_MS + SLACK_MS);

    const { members, conditions = [] } = (await status()) ?? {};
    expect(members).toMatchObject({ owners: [alice], contributors: [bob] });
    expect(conditions.find(({ type }) => type === 'MembersCurrent')).toMatchObject({ status: 'True' });
  });

  test('lets who is in the contributor group look, and nothing more', async () => {
    expect(await isAllowed(look(as.bob))).toBe(true);
    expect(await isAllowed(submit(as.bob))).toBe(false);
    expect(await isAllowed(as.bob.get(`/api/v1/namespaces/${ours.namespace}/secrets`))).toBe(false);
  });

  test('is shown so by `npm run access`, and the API server agrees', async () => {
    const { stdout } = await npm(['access', '--', '--project', ours.project, '--stack', 'local', '--as', alice]);

    expect(stdout).toContain('role: owners, says Gerrit');
    expect(stdout).toMatch(
      /yes +submit and resubmit runs +RoleBinding owners gives ClusterRole seakeeper-project-owner/,
    );
    expect(stdout).toMatch(/no +get into pods +nothing gives it/);
    expect(stdout).toMatch(/checked: .* gives the same \d+ answers/);
  });

  test('is closed within the refresh time to who is taken out of the group, with the certificate they still have', async () => {
    await member('DELETE', STAFF, alice);

    await until('alice is shut out', async () => !(await isAllowed(look(as.alice))), REFRESH_MS + SLACK_MS);

    expect(await isAllowed(submit(as.alice))).toBe(false);
    expect((await status())?.members?.owners).toEqual([]);
  });

  test('is owned by no global group and by nobody who is blocked, whatever else they are in', async () => {
    await changeOwners({ add: ownerRule('global:Registered-Users', 'ALLOW') });
    await changeOwners({ add: ownerRule(groups.staff, 'BLOCK') });
    for (const user of [alice, bob]) await member('PUT', OWNERS, user);
    await member('PUT', STAFF, alice);

    await until('bob may submit', () => isAllowed(submit(as.bob)), REFRESH_MS + SLACK_MS);
    await until('it is settled', async () => (await status())?.members?.owners.length === 1, REFRESH_MS + SLACK_MS);

    expect((await status())?.members).toMatchObject({
      owners: [bob],
      ownerGroups: [],
      notBound: ['Registered Users: global groups are never bound'],
    });
    expect(await isAllowed(look(as.alice))).toBe(false);
  });
});
