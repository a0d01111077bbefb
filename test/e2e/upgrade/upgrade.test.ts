import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import { accountKubeconfig } from '../../../bench/provision/account-kubeconfig';
import { NoStore } from '../../../bench/provision/no-store';
import { objectPath } from '../../../bench/provision/object-path';
import { ServiceAccounts } from '../../../core/access';
import { asKubeObject, type KubeObject } from '../../../core/kube-object';
import { Annotation, DOMAIN, Label, MANAGED_BY, Namespace } from '../../../core/labels';
import { PROJECTS_PATH, ProjectNames, ProjectObject, ProvisionerObject } from '../../../core/project';
import { namespaceForProject, projectObjectName } from '../../../core/project-name';
import { ProvisionerConfig } from '../../../core/service-config';
import { type ApiServerFixture, startApiServer } from '../../../local/cluster/api-server-alone';
import { PROJECT_FOLDER } from '../../../local/pulumi/local-stack';
import { ScratchStack } from '../../../local/pulumi/scratch-stack';
import { startProvisioner } from '../../../services/provisioner/provisioner';
import { Readiness } from '../../../services/shared/health-server';
import { KubeClient } from '../../../services/shared/kube-client';
import { createLogger } from '../../../services/shared/log';
import { SECRET_KEYS } from '../../../stacks/config/secrets';
import { stackInputs } from '../../../stacks/config/stack-inputs';
import { renderCluster } from '../../../stacks/render/render-cluster';
import { until } from '../support/until';
import { readFirstRelease } from './first-release';
import { runningPod, runningWorkflow } from './running-workflow';

jest.setTimeout(180_000);

const OLD_PROGRAM = 'test/e2e/upgrade/first-release-program.ts';
/** Today's, which waits for nothing: there are no nodes here. */
const TODAYS_PROGRAM = 'bench/preview/unattended-program.ts';
/** Of the first release's Projects; today there is none. */
const OLD_FINALIZER = `${DOMAIN}/retire`;

const release = readFirstRelease();
/** The same stack in today's words: what a class may use is said in build slots. */
const CONFIG = { ...release.config, classes: { default: { executors: 2 } } };
const prefixed = <T>(config: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [`seakeeper:${key}`, value]));

const RUN_NAMESPACE = namespaceForProject('mediawiki/core');
const WORKFLOWS = `/apis/argoproj.io/v1alpha1/namespaces/${RUN_NAMESPACE}/workflows`;
const PROVISIONER_CONFIG = `/api/v1/namespaces/${Namespace.seakeeperSystem}/configmaps/${ProvisionerObject.config}`;

const Steps = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })) });
const Metadata = z.object({ name: z.string(), namespace: z.string().optional(), uid: z.string() });
const List = z.object({ items: z.array(z.object({ metadata: Metadata })) });
const ConfigMap = z.object({ data: z.object({ 'config.json': z.string() }) });

/** Steps after which an object is the one it was. */
const KEEPING = new Set(['same', 'create', 'update', 'read', 'refresh']);

let server: ApiServerFixture;
let kube: KubeClient;
let folder: string;
let stack: ScratchStack;
let steps: z.infer<typeof Steps>['steps'];
let before: Observed;
let after: Observed;
let provisioner: () => Promise<void>;

beforeAll(async () => {
  server = await startApiServer({
    controllers: [
      'namespace-controller',
      'serviceaccount-controller',
      'root-ca-certificate-publisher-controller',
      'garbage-collector-controller',
    ],
  });
  kube = new KubeClient(server.config());
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-upgrade-'));
  stack = new ScratchStack(folder);
  await use(OLD_PROGRAM);
  await stack.run('up', '--yes', '--skip-preview');
  await leaveProjects();
  before = await observe();
  await use(TODAYS_PROGRAM);
  steps = Steps.parse(JSON.parse(await stack.run('preview', '--json'))).steps;
  await stack.run('up', '--yes', '--skip-preview');
  provisioner = await startTodaysProvisioner();
  await until('all Projects are as today', async () => {
    const all = await projects();
    return all.every(isAsToday) && all.length === release.projects.length;
  });
  after = await observe();
}, 900_000);

afterAll(async () => {
  await provisioner?.();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('nothing is deleted or made anew but what is named here', () => {
  const changes = steps.filter(({ op }) => !KEEPING.has(op)).map(({ op, urn }) => `${op} ${urn.split('::').at(-1)}`);

  expect(changes.sort()).toEqual([
    // The component of the old program here; it stands for no object.
    'delete first-release',
    // Done long ago; the template of a Job cannot be changed.
    'replace artifacts/Job/store-setup',
  ]);
});

test('every namespace, Project, definition and StatefulSet with a volume is the one it was', () => {
  const { definitions, namespaces, projects: were, statefulSets } = before;

  expect(Object.keys(namespaces).filter((name) => name.startsWith('/ci-'))).toHaveLength(release.projects.length);
  expect(after.namespaces).toMatchObject(namespaces);
  expect(after.projects).toEqual(were);
  expect(after.definitions).toMatchObject(definitions);
  expect(after.statefulSets).toEqual(statefulSets);
});

test('the run is as it was, to the last field, and so are its pod and the key its logs are stored with', () => {
  expect(after.workflow).toEqual(before.workflow);
  expect(after.pod).toEqual(before.pod);
  expect(after.storeKeys).toEqual(before.storeKeys);
});

test('Projects are told of as today, are held by no finalizer, and none is retiring', async () => {
  for (const { metadata, status } of await projects()) {
    expect(metadata.finalizers).toBeUndefined();
    expect(status?.namespace).toBe(`ci-${metadata.name}`);
    expect(status?.conditions).toEqual([expect.objectContaining({ type: 'Ready', status: 'True' })]);
  }
  const selector = new URLSearchParams({ labelSelector: Label.retiring });
  expect(await uids(`/api/v1/namespaces?${selector}`)).toEqual({});
});

test('what is in the namespaces is what a stack of today has there, and nothing else', async () => {
  const wanted = new Map(rendered().map((object) => [objectPath(object), object]));
  const collections = new Set([...wanted.keys()].map((path) => path.slice(0, path.lastIndexOf('/'))));
  const selector = new URLSearchParams({ labelSelector: `${Label.managedBy}=${MANAGED_BY}` });
  const found = new Set<string>();
  for (const collection of collections) {
    const { items } = List.parse(await kube.get(`${collection}?${selector}`));
    for (const { metadata } of items) found.add(`${collection}/${metadata.name}`);
  }
  for (const namespace of await systemNamespaces()) found.delete(`/api/v1/namespaces/${namespace}`);

  expect([...found].sort()).toEqual([...wanted.keys()].sort());
  for (const [path, object] of wanted) expect(await kube.get(path)).toMatchObject(asStored(object));
});

test('the run ends, and is reported, by the rights and under the policies of today', async () => {
  const path = `${WORKFLOWS}/${runningWorkflow(RUN_NAMESPACE).metadata.name}`;
  const [controller, reporter] = await Promise.all([as('workflowController'), as('reporter')]);

  await controller.patch(path, 'merge', {
    metadata: { labels: { 'workflows.argoproj.io/completed': 'true', 'workflows.argoproj.io/phase': 'Succeeded' } },
    status: { phase: 'Succeeded', finishedAt: '2026-01-01T00:10:00Z', progress: '1/1' },
  });
  await reporter.patch(path, 'merge', {
    metadata: { annotations: { [Annotation.reported]: 'Succeeded' } },
    spec: { ttlStrategy: { secondsAfterCompletion: 3600 } },
  });

  expect(await kube.get(path)).toMatchObject({
    metadata: { uid: z.object({ metadata: Metadata }).parse(before.workflow).metadata.uid },
    status: { phase: 'Succeeded' },
  });
});

/** What today's code makes of the same projects. */
function rendered(): KubeObject[] {
  const inputs = stackInputs(CONFIG, readText);
  return [...renderCluster(inputs)].filter(({ origin }) => origin === 'projects').map(({ object }) => object);
}

/** The API server writes every quantity as text, and nothing for nobody. */
const asStored = (object: KubeObject): KubeObject =>
  asKubeObject(
    JSON.parse(
      JSON.stringify(object, (key, value: unknown) => {
        if (key === 'hard') return z.record(z.string(), z.coerce.string()).parse(value);
        return key === 'subjects' && Array.isArray(value) && value.length === 0 ? undefined : value;
      }),
    ),
  );

const readText = (path: string): string => readFileSync(join(PROJECT_FOLDER, path), 'utf8');

async function systemNamespaces(): Promise<string[]> {
  const selector = new URLSearchParams({ labelSelector: `${Label.purpose}=system` });
  return List.parse(await kube.get(`/api/v1/namespaces?${selector}`)).items.map(({ metadata }) => metadata.name);
}

const use = (program: string): Promise<void> =>
  stack.use({
    program,
    config: { ...prefixed(CONFIG), 'kubernetes:kubeconfig': server.kubeconfig },
    secrets: prefixed(Object.fromEntries(SECRET_KEYS.map((key) => [key, `SECRET-${key}`]))),
  });

/** As the first release's provisioner left what is inside and said so; then its trigger and controller began a run. */
async function leaveProjects(): Promise<void> {
  for (const { gerritName, objects } of release.projects) {
    for (const object of objects) {
      await kube.apply(objectPath(object), object, { fieldManager: 'seakeeper-provisioner', force: true });
    }
    const namespace = namespaceForProject(gerritName);
    await kube.create(`/api/v1/namespaces/${namespace}/secrets`, storeSecret(namespace));
    const path = `${PROJECTS_PATH}/${projectObjectName(gerritName)}`;
    await kube.patch(path, 'merge', { metadata: { finalizers: [OLD_FINALIZER] } });
    await kube.patch(`${path}/status`, 'merge', { status: { namespace, conditions: [OLD_CONDITION] } });
  }
  const workflow = runningWorkflow(RUN_NAMESPACE);
  const [trigger, controller] = await Promise.all([as('trigger'), as('workflowController')]);
  const { status, ...created } = workflow;
  await trigger.create(WORKFLOWS, created);
  await controller.patch(`${WORKFLOWS}/${workflow.metadata.name}`, 'merge', { status });
  const pods = `/api/v1/namespaces/${RUN_NAMESPACE}/pods`;
  await controller.create(pods, runningPod(workflow));
  await kube.patch(`${pods}/${workflow.metadata.name}/status`, 'merge', { status: { phase: 'Running' } });
}

const OLD_CONDITION = {
  type: 'Ready',
  status: 'True',
  reason: 'Provisioned',
  message: 'Workflows may run',
  lastTransitionTime: '2026-01-01T00:00:00.000Z',
  observedGeneration: 1,
};

const storeSecret = (namespace: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'Opaque',
  metadata: {
    name: ProjectNames.storeSecret,
    labels: {
      'app.kubernetes.io/managed-by': 'seakeeper',
      'app.kubernetes.io/part-of': 'seakeeper',
      'app.kubernetes.io/name': ProjectNames.storeSecret,
    },
  },
  stringData: { accesskey: namespace, secretkey: `SECRET-${namespace}` },
});

/** The cluster as a service sees it: with its account's rights, and under the policies made for it. */
async function as(service: keyof typeof ServiceAccounts): Promise<KubeClient> {
  const config = new KubeConfig();
  config.loadFromFile(await accountKubeconfig({ admin: kube, folder, server }, ServiceAccounts[service]));
  return new KubeClient(config);
}

/** With the configuration that the stack has just given it, and keys that open nothing: there is no store here. */
async function startTodaysProvisioner(): Promise<() => Promise<void>> {
  const { data } = ConfigMap.parse(await kube.get(PROVISIONER_CONFIG));
  const stopping = new AbortController();
  const end = startProvisioner({
    config: ProvisionerConfig.parse(JSON.parse(data['config.json'])),
    kube: await as('provisioner'),
    store: new NoStore(),
    log: createLogger('provisioner'),
    readiness: new Readiness(),
    signal: stopping.signal,
  });
  return () => {
    stopping.abort();
    return end();
  };
}

const projects = async (): Promise<ProjectObject[]> =>
  z.object({ items: z.array(ProjectObject) }).parse(await kube.get(PROJECTS_PATH)).items;

const isAsToday = ({ metadata, status }: ProjectObject): boolean =>
  (metadata.finalizers ?? []).length === 0 &&
  status?.observedGeneration === metadata.generation &&
  (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');

/** What must outlive an upgrade. */
interface Observed {
  /** UIDs by name. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly projects: Readonly<Record<string, string>>;
  readonly definitions: Readonly<Record<string, string>>;
  readonly statefulSets: Readonly<Record<string, string>>;
  readonly storeKeys: readonly unknown[];
  readonly workflow: unknown;
  readonly pod: unknown;
}

async function observe(): Promise<Observed> {
  const { name } = runningWorkflow(RUN_NAMESPACE).metadata;
  const secretOf = async (namespace: string) =>
    z
      .object({ data: z.unknown() })
      .parse(await kube.get(`/api/v1/namespaces/${namespace}/secrets/${ProjectNames.storeSecret}`)).data;
  return {
    namespaces: await uids('/api/v1/namespaces'),
    projects: await uids(PROJECTS_PATH),
    definitions: await uids('/apis/apiextensions.k8s.io/v1/customresourcedefinitions'),
    statefulSets: await uids('/apis/apps/v1/statefulsets'),
    storeKeys: await Promise.all(release.projects.map(({ gerritName }) => secretOf(namespaceForProject(gerritName)))),
    workflow: await kube.get(`${WORKFLOWS}/${name}`),
    pod: await kube.get(`/api/v1/namespaces/${RUN_NAMESPACE}/pods/${name}`),
  };
}

async function uids(path: string): Promise<Record<string, string>> {
  const { items } = List.parse(await kube.get(path));
  return Object.fromEntries(items.map(({ metadata: { namespace = '', name, uid } }) => [`${namespace}/${name}`, uid]));
}
