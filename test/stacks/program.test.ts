import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../stacks/config/load';
import { defineStack, type StackOutputs } from '../../stacks/program';
import { record } from '../components/record-resources';
import { engineConfig } from './stack-config';

async function run(overrides: Parameters<typeof engineConfig>[0] = {}) {
  let outputs: StackOutputs | undefined;
  const recording = await record(async () => {
    outputs = await defineStack(loadConfig());
  }, engineConfig(overrides));
  return { ...recording, outputs };
}

/** The stack with every layer, run once for all tests that only look. */
let whole: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  whole = await run();
});

describe('the program', () => {
  test('a stack carries the layers it names and no other', async () => {
    const releases = (resources: readonly { type: string; name: string }[]) =>
      resources.filter(({ type }) => type === 'seakeeper:index:ChartRelease').map(({ name }) => name);

    const { resources } = await run({ layers: ['foundation'] });

    expect(releases(resources).sort()).toEqual([
      'argo-crds',
      'cluster-access',
      'namespace-admission',
      'priority-classes',
      'project-crd',
      'provisioner-fence',
      'seakeeper-system',
      'system-namespaces',
      'tenant-admission',
    ]);
  });

  test('throws when it needs a layer that no stack is named for', async () => {
    await expect(run({ layers: ['ui'] })).rejects.toThrow(/but not foundation.*seakeeper:layerStacks\.foundation/);
  });

  test('every object goes to the configured cluster', () => {
    const { resources } = whole;

    const objects = resources.filter(({ type }) => type.startsWith('kubernetes:'));
    expect(objects.length).toBeGreaterThan(100);
    expect(objects.filter(({ provider }) => provider?.includes('cluster') !== true)).toEqual([]);
  });

  test('no two objects share a name', () => {
    const names = whole.resources.map(({ type, name }) => `${type} ${name}`);

    expect(new Set(names).size).toBe(names.length);
  });

  test('a project is one object: nothing inside ci-* is ours', () => {
    const { resources } = whole;

    expect(resources.filter(({ type }) => type.endsWith(':Project')).map(({ name }) => name)).toHaveLength(1);
    expect(resources.filter(({ name }) => name.startsWith('ci-'))).toEqual([]);
  });

  test('secret values reach Secrets only', () => {
    const { resources } = whole;

    const withSecrets = resources.filter(({ inputs }) => JSON.stringify(inputs).includes('SECRET-'));
    expect(new Set(withSecrets.map(({ type }) => type))).toEqual(new Set(['kubernetes:core/v1:Secret']));
  });

  test('changing one quota changes exactly that', async () => {
    const byName = async (executors: number) => {
      const { resources } = await run({ classes: { default: { executors } } });
      return new Map(resources.map(({ name, inputs }) => [name, JSON.stringify(inputs)]));
    };

    const [before, after] = [await byName(1), await byName(2)];

    const changed = [...after].filter(([name, inputs]) => before.get(name) !== inputs).map(([name]) => name);
    expect(changed).toEqual(['seakeeper-system/ConfigMap/provisioner-config']);
  });

  test('an image without a digest is shown as unpinned', () => {
    expect(whole.outputs?.unpinnedImages).toContain('services');
  });

  test('a key nobody reads is named', async () => {
    const { config, secretKeys } = engineConfig();

    await expect(
      record(() => loadConfig(), { config: { ...config, 'seakeeper:gerit': '{}' }, secretKeys }),
    ).rejects.toThrow("did you mean 'gerrit'?");
  });
});

const Container = z.looseObject({
  name: z.string(),
  imagePullPolicy: z.string(),
  securityContext: z.looseObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    runAsNonRoot: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
    seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
  }),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
});
const Pods = z.object({
  spec: z.object({ template: z.object({ spec: z.looseObject({ containers: z.array(Container).min(1) }) }) }),
});

describe('every pod of the system', () => {
  test('passes Pod Security restricted, asks for what it needs and pulls only what is missing', () => {
    const { resources } = whole;
    const workloads = resources.filter(({ type }) => /:(Deployment|StatefulSet|Job)$/.test(type));

    expect(workloads.length).toBeGreaterThanOrEqual(10);
    for (const { inputs } of workloads) {
      const { containers } = Pods.parse(inputs).spec.template.spec;
      expect(containers.map(({ imagePullPolicy }) => imagePullPolicy)).toEqual(['IfNotPresent']);
    }
  });

  test('every namespace of the system refuses what nobody asked to let in', () => {
    const { resources } = whole;
    const namespaces = resources.filter(({ type }) => type === 'kubernetes:core/v1:Namespace');

    expect(namespaces).toHaveLength(5);
    for (const { name } of namespaces) {
      const policy = resources.find(
        (resource) => resource.name === `${name.replace('Namespace/', '')}/NetworkPolicy/deny-ingress`,
      );
      expect(policy?.inputs['spec']).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
    }
  });
});

describe('destroying', () => {
  const GATEWAY = 'gerrit-gateway/StatefulSet/gateway';
  const PROJECT = 'Project/mediawiki-core-';
  const standsOn = (name: string) => whole.foundationsOf(name);
  const project = () => whole.resources.find(({ name }) => name.startsWith(PROJECT))?.name ?? '';

  test('takes the intake before the projects', () => {
    expect(standsOn(GATEWAY)).toContain(project());
  });

  test('takes every project, whoever made it, before the provisioner', () => {
    const guard = whole.find('seakeeper-system/ConfigMap/projects');

    expect(guard.inputs['metadata']).toMatchObject({ finalizers: ['seakeeper.wikimedia.org/retire-all'] });
    expect(standsOn(guard.name)).toContain('seakeeper-system/Deployment/provisioner');
    expect(standsOn(GATEWAY)).toContain(guard.name);
  });

  test('takes projects while their provisioner, controllers and store still stand', () => {
    expect([...standsOn(project())]).toEqual(
      expect.arrayContaining([
        'seakeeper-system/Deployment/provisioner',
        'argo-system/Deployment/workflow-controller',
        'artifacts/StatefulSet/minio',
        'gerrit-gateway/Sensor/gerrit-event-sensor',
      ]),
    );
  });

  test('takes event objects while the controller that removes their finalizers still stands', () => {
    expect(standsOn('gerrit-gateway/Sensor/gerrit-event-sensor')).toContain(
      'argo-system/Deployment/argo-events-controller',
    );
  });

  test.each([
    'argo-system/Deployment/workflow-controller',
    'argo-system/Deployment/argo-events-controller',
    'seakeeper-system/Deployment/provisioner',
  ])('takes the CRDs after %s', (controller) => {
    expect([...standsOn(controller)]).toEqual(
      expect.arrayContaining([
        'CustomResourceDefinition/workflows.argoproj.io',
        'CustomResourceDefinition/projects.seakeeper.wikimedia.org',
      ]),
    );
  });

  test('takes a namespace after what lives in it, and the rights of an account after its pods', () => {
    for (const { name } of whole.resources.filter((resource) => /\/(Deployment|StatefulSet)\//.test(resource.name))) {
      expect([...standsOn(name)]).toEqual(
        expect.arrayContaining([`Namespace/${name.split('/')[0]}`, 'ClusterRoleBinding/seakeeper-provisioner']),
      );
    }
  });
});

describe('stack local', () => {
  test('asks for no more than 1.2 CPU, so that two cores also run Gerrit and the builds', async () => {
    const { config } = z
      .object({ config: z.record(z.string(), z.unknown()) })
      .parse(parse(readFileSync(join(__dirname, '..', '..', 'Pulumi.local.yaml'), 'utf8')));
    const overrides = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace('seakeeper:', ''), value]),
    );

    const { resources } = await run(overrides);

    const requested = resources
      .filter(({ type }) => /:(Deployment|StatefulSet|EventSource|Sensor)$/.test(type))
      .flatMap(({ inputs }) => [...JSON.stringify(inputs).matchAll(/"requests":\{"cpu":"(\d+)m"/g)])
      .map(([, millicores]) => Number(millicores));
    expect(requested.length).toBeGreaterThanOrEqual(11);
    expect(requested.reduce((sum, millicores) => sum + millicores, 0)).toBeLessThanOrEqual(1_200);
  });
});
