import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Annotation, Label } from '../../../../core/labels';
import { PROJECTS_PATH } from '../../../../core/project';
import { namespaceForProject, projectObjectName } from '../../../../core/project-name';
import { ProvisionerConfig } from '../../../../core/service-config';
import { type ApiServerFixture, startApiServer } from '../../../../local/cluster/api-server-alone';
import { startProvisioner } from '../../../../services/provisioner/provisioner';
import { Readiness } from '../../../../services/shared/health-server';
import { KubeClient } from '../../../../services/shared/kube-client';
import { createLogger } from '../../../../services/shared/log';
import { find, installGround, Projects, WORKFLOWS } from '../../support/provisioner-ground';
import { until } from '../../support/until';

jest.setTimeout(120_000);

/** As the audit log and managedFields know the provisioner. */
const AGENT = 'seakeeper-under-test';
const RELIST_MS = 3_000;
const RETENTION_MS = 4_000;
const DRAIN_MS = 1_500;

let server: ApiServerFixture;
let kube: KubeClient;
let projects: Projects;
let stop: () => Promise<void>;
const stopping = new AbortController();
/** Calls for accounts at the store, in order. */
const asked: string[] = [];
const accounts = new Set<string>();

beforeAll(async () => {
  server = await startApiServer({
    audit: true,
    controllers: ['namespace-controller', 'root-ca-certificate-publisher-controller', 'resourcequota-controller'],
  });
  kube = new KubeClient(server.config());
  projects = new Projects(kube);
  await installGround(kube);
  stop = startProvisioner({
    config: ProvisionerConfig.parse({
      network: { clusterCidrs: ['10.244.0.0/16'], holes: [] },
      classes: { default: { pods: 10, cpu: '4', memory: '8Gi', maxContainerCpu: '2', maxContainerMemory: '4Gi' } },
      store: { endpoint: 'store:9000', insecure: true, bucket: 'artifacts' },
      retirement: { drainMinutes: DRAIN_MS / 60_000, retentionDays: RETENTION_MS / 86_400_000 },
    }),
    kube: new KubeClient(server.config(), { userAgent: AGENT }),
    store: {
      ensure: async (namespace) => {
        accounts.add(namespace);
        asked.push(`ensure ${namespace}`);
      },
      remove: async (namespace) => {
        accounts.delete(namespace);
        asked.push(`remove ${namespace}`);
      },
      namespaces: async () => accounts,
    },
    log: createLogger('provisioner'),
    readiness: new Readiness(),
    signal: stopping.signal,
    relistMs: RELIST_MS,
  });
}, 900_000);

afterAll(async () => {
  stopping.abort();
  await stop?.();
  await server?.stop();
});

const AuditEvent = z.object({ verb: z.string(), userAgent: z.string().default(''), requestURI: z.string() });

/** What the provisioner wrote so far, but for its lease. */
function writes(): string[] {
  const lines = readFileSync(server.auditLog ?? '', 'utf8')
    .split('\n')
    .filter(Boolean);
  return lines
    .map((line) => AuditEvent.parse(JSON.parse(line)))
    .filter(({ userAgent, verb }) => userAgent === AGENT && !['get', 'list', 'watch'].includes(verb))
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`)
    .filter((write) => !write.includes('/leases'));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a project that is as it should be', () => {
  test('costs no write, however often everything is listed anew', async () => {
    await projects.ready('e2e/quiet');
    await pause(1_000);
    const before = writes().length;

    await pause(2 * RELIST_MS + 1_000);

    expect(writes().slice(before)).toEqual([]);
  });

  test('says what of its quota is in use, in the words of its class', async () => {
    await projects.ready('e2e/use');

    const project = await kube.get(`${PROJECTS_PATH}/${projectObjectName('e2e/use')}`);
    expect(project).toMatchObject({ status: { quotaUse: 'pods 0/10, cpu 0/4, memory 0/8Gi' } });
  });
});

describe('what somebody changes', () => {
  const gerritName = 'e2e/drift';
  let namespace: string;
  const base = () => `/api/v1/namespaces/${namespace}`;
  const policies = () => `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
  const bindings = () => `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
  const as = (path: string) => `${path}?fieldManager=kubectl-edit`;

  beforeAll(async () => {
    namespace = await projects.ready(gerritName);
  });

  test.each([
    {
      what: 'a quota, edited',
      change: () => kube.patch(as(`${base()}/resourcequotas/compute`), 'merge', { spec: { hard: { pods: '999' } } }),
      mended: async () => JSON.stringify(await kube.get(`${base()}/resourcequotas/compute`)).includes('"pods":"10"'),
      told: /ResourceQuota\/compute: \.spec\.hard\.pods changed by kubectl-edit/,
    },
    {
      what: 'a RoleBinding, with somebody more in it',
      change: () =>
        kube.patch(as(`${bindings()}/owners`), 'merge', {
          subjects: [{ kind: 'User', name: 'mallory', apiGroup: 'rbac.authorization.k8s.io' }],
        }),
      mended: async () => !JSON.stringify(await kube.get(`${bindings()}/owners`)).includes('"mallory"'),
      told: /RoleBinding\/owners: \.subjects changed by kubectl-edit/,
    },
    {
      what: 'a NetworkPolicy, with a hole that is not ours',
      change: () => kube.patch(as(`${policies()}/deny-all`), 'merge', { spec: { egress: [{}] } }),
      mended: async () => !JSON.stringify(await kube.get(`${policies()}/deny-all`)).includes('"egress":[{'),
      told: /NetworkPolicy\/deny-all: \.spec\.egress changed by kubectl-edit/,
    },
    {
      what: "the namespace's Pod Security label",
      change: () =>
        kube.patch(as(base()), 'merge', {
          metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
        }),
      mended: async () =>
        JSON.stringify(await kube.get(base())).includes('"pod-security.kubernetes.io/enforce":"restricted"'),
      told: /Namespace\/ci-.*pod-security\.kubernetes\.io\/enforce.*changed by kubectl-edit/,
    },
    {
      what: 'the label that says that it is ours, taken off',
      change: () => kube.patch(as(base()), 'merge', { metadata: { labels: { [Label.managedBy]: null } } }),
      mended: async () => JSON.stringify(await kube.get(base())).includes(`"${Label.managedBy}":"seakeeper"`),
      told: /Namespace\/ci-.*managed-by.*changed/,
    },
    {
      what: 'a ServiceAccount, deleted',
      change: () => kube.delete(`${base()}/serviceaccounts/runner-pre-review`),
      mended: async () => (await find(kube, `${base()}/serviceaccounts/runner-pre-review`)) !== undefined,
      told: /ServiceAccount\/runner-pre-review was deleted/,
    },
    {
      what: 'a RoleBinding, made anew with another role',
      change: async () => {
        await kube.delete(`${bindings()}/public-viewers`);
        const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
        const metadata = { name: 'public-viewers', labels: { [Label.managedBy]: 'seakeeper' } };
        await kube.create(bindings(), { metadata, roleRef, subjects: [] }).catch(() => undefined);
      },
      mended: async () =>
        JSON.stringify(await find(kube, `${bindings()}/public-viewers`)).includes('seakeeper-public-viewer'),
      told: /RoleBinding\/public-viewers/,
    },
    {
      what: 'a RoleBinding of our label that was not asked for',
      change: () =>
        kube.create(bindings(), {
          metadata: { name: 'mine-too', labels: { [Label.managedBy]: 'seakeeper' } },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'seakeeper-project-owner' },
          subjects: [{ kind: 'User', name: 'mallory', apiGroup: 'rbac.authorization.k8s.io' }],
        }),
      mended: async () => (await find(kube, `${bindings()}/mine-too`)) === undefined,
      told: /RoleBinding\/mine-too carried our label and was not asked for/,
    },
  ])('$what: is put back and told', async ({ change, mended, told }) => {
    await change();

    await until('it is put back', mended);
    await until('it is told', async () => told.test(await projects.says(gerritName, 'Drifted')));
    expect(await projects.says(gerritName, 'Ready')).toMatch(/^True/);
  });

  test('is an Event on the Project too', async () => {
    const events = JSON.stringify(await kube.get('/apis/events.k8s.io/v1/namespaces/default/events'));

    expect(events).toContain('.spec.hard.pods changed by kubectl-edit; it was put back');
  });

  test('again and again is a conflict, and is put back less often', async () => {
    const quota = `${base()}/resourcequotas/compute`;
    const isConflict = async () => (await projects.says(gerritName, 'Conflict')).startsWith('True');
    await until('it is a conflict', async () => {
      await kube.patch(as(quota), 'merge', { spec: { hard: { pods: '998' } } });
      await pause(500);
      return isConflict();
    });

    await kube.patch(as(quota), 'merge', { spec: { hard: { pods: '997' } } });
    await pause(1_500);

    expect(JSON.stringify(await kube.get(quota))).toContain('"pods":"997"');
    expect(await projects.says(gerritName, 'Conflict')).toContain('kubectl-edit');
  });

  test('in the key to the store comes back at once', async () => {
    await kube.delete(`${base()}/secrets/artifact-store`);

    await until('there is a key', async () => (await find(kube, `${base()}/secrets/artifact-store`)) !== undefined);
    await until('the store knows it', async () => asked.filter((call) => call === `ensure ${namespace}`).length > 1);
  });
});

describe('a key to the store that is old', () => {
  test('is changed in the Secret and at the store, once no run needs it any more', async () => {
    const namespace = await projects.ready('e2e/rotated');
    const secret = `/api/v1/namespaces/${namespace}/secrets/artifact-store`;
    const key = async () => Secret.parse(await kube.get(secret)).data['secretkey'];
    const before = await key();
    const ensured = () => asked.filter((call) => call === `ensure ${namespace}`).length;
    const times = ensured();

    const annotations = { 'seakeeper.wikimedia.org/rotated-at': '2020-01-01T00:00:00.000Z' };
    await kube.patch(secret, 'merge', { metadata: { annotations } });

    await until('the key is another', async () => (await key()) !== before);
    await until('the store knows it', async () => ensured() > times);
    const after = await key();
    await pause(2_500);
    expect(await key()).toBe(after);
  });
});

describe('a Project that is deleted', () => {
  const run = (namespace: string) => `${WORKFLOWS(namespace)}/running`;
  const startRun = (namespace: string) =>
    kube.create(WORKFLOWS(namespace), {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name: 'running' },
      spec: { entrypoint: 'main' },
      status: { phase: 'Running' },
    });
  const ownersOf = async (namespace: string) =>
    JSON.stringify(await kube.get(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/owners`));
  const isMarked = async (namespace: string) =>
    JSON.stringify(await kube.get(`/api/v1/namespaces/${namespace}`)).includes(`"${Label.retiring}":"true"`);

  test('is cordoned, drained, kept to be read, and then deleted with its account', async () => {
    const namespace = await projects.ready('e2e/retired');
    await startRun(namespace);

    await projects.delete('e2e/retired');
    const began = Date.now();
    await until('it is marked', () => isMarked(namespace));
    await until('its owners own it no more', async () => !(await ownersOf(namespace)).includes('"ada"'));
    expect(JSON.stringify(await kube.get(run(namespace)))).not.toContain('shutdown');

    await until('its run is told to stop', async () =>
      JSON.stringify(await kube.get(run(namespace))).includes('"shutdown":"Terminate"'),
    );
    expect(Date.now() - began).toBeGreaterThanOrEqual(DRAIN_MS);
    await kube.patch(run(namespace), 'merge', { status: { phase: 'Failed' } });

    await until('it is gone', async () => (await find(kube, `/api/v1/namespaces/${namespace}`)) === undefined, 60_000);
    expect(Date.now() - began).toBeGreaterThanOrEqual(RETENTION_MS);
    expect(asked).toContain(`remove ${namespace}`);
  });

  test('and made again takes its namespace back, with everything in it', async () => {
    const namespace = await projects.ready('e2e/returned');
    await startRun(namespace);
    const { uid } = UID.parse(await kube.get(`/api/v1/namespaces/${namespace}`)).metadata;
    await projects.delete('e2e/returned');
    await until('it is marked', () => isMarked(namespace));

    await projects.create('e2e/returned');
    await projects.untilReason(projectObjectName('e2e/returned'), 'Provisioned');

    await until('it is not marked', async () => !(await isMarked(namespace)));
    await until('its owners own it', async () => (await ownersOf(namespace)).includes('"ada"'));
    await pause(RETENTION_MS);
    expect(UID.parse(await kube.get(`/api/v1/namespaces/${namespace}`)).metadata.uid).toBe(uid);
    expect(JSON.stringify(await kube.get(run(namespace)))).not.toContain('shutdown');
  });
});

const Secret = z.object({ data: z.record(z.string(), z.string()) });
const UID = z.object({ metadata: z.object({ uid: z.string() }) });

describe('a namespace that is not ours', () => {
  test.each([
    ['bears the name of a project', 'e2e/foreign', {}],
    ['says that it is ours, for another project', 'e2e/liar', { [Annotation.project]: 'e2e/somebody' }],
  ])('that %s is neither taken over nor changed nor deleted', async (_what, gerritName, annotations) => {
    const name = namespaceForProject(gerritName);
    const labels = { [Label.managedBy]: 'seakeeper', [Label.purpose]: 'project', [Label.retiring]: 'true' };
    await kube.create('/api/v1/namespaces', { metadata: { name, annotations, labels } });
    const before = await kube.get(`/api/v1/namespaces/${name}`);

    await projects.create(gerritName);
    await projects.untilReason(projectObjectName(gerritName), 'NamespaceNotOurs');
    await projects.delete(gerritName);
    await pause(RELIST_MS);

    expect(await kube.get(`/api/v1/namespaces/${name}`)).toEqual(before);
    expect(writes().filter((write) => write.includes(name))).toEqual([]);
  });
});

test('nothing outside ci-* was written, but Projects, Events and the lease', () => {
  const outside = writes().filter(
    (write) => !/\/(namespaces\/ci-|projects\/|events\?|events$)/.test(write.replace(/\?.*/, '')),
  );

  expect(outside).toEqual([]);
});
