import { z } from 'zod';
import { DOMAIN, Label, MANAGED_BY, Namespace } from '../../../core/labels';
import { oneStep } from '../support/definitions';
import { pulumi, stackCopy } from '../support/stack-copy';
import { localImage, makeProject, runningSystem, type System, workflowsOf } from '../support/system';
import { until } from '../support/until';

jest.setTimeout(900_000);

const Preview = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })).default([]) });
const List = z.object({
  items: z.array(
    z.object({ metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }) }),
  ),
});

let system: System;

beforeAll(async () => {
  system = await runningSystem();
}, 3_600_000);

const changesIn = (output: string) => {
  const { steps } = Preview.parse(JSON.parse(output));
  return steps.filter(({ op }) => op !== 'same').map(({ op, urn }) => `${op} ${urn.slice(urn.lastIndexOf('::') + 2)}`);
};

async function listed(path: string) {
  return List.parse(await system.kube.get(path)).items.map(({ metadata }) => metadata);
}

describe('the stack', () => {
  test('has nothing to change after it was applied', async () => {
    await pulumi(['up', '--yes', '--skip-preview']);

    const { code, output } = await pulumi(['preview', '--expect-no-changes', '--json']);

    expect(changesIn(output)).toEqual([]);
    expect(code).toBe(0);
  });

  test('shows exactly the quota that a change to stack config changes', async () => {
    const copy = stackCopy((text) => text.replace('default: { executors: 4,', 'default: { executors: 5,'));
    try {
      const { output } = await pulumi(['preview', '--json'], { projectFolder: copy.folder });
      const { output: diff } = await pulumi(['preview', '--diff'], { projectFolder: copy.folder });

      expect(changesIn(output)).toEqual([expect.stringMatching(/^update .*ConfigMap.*provisioner-config/)]);
      expect(diff).toMatch(/pods.*20.*25|-.*"pods": ?20[\s\S]*\+.*"pods": ?25/);
    } finally {
      copy.remove();
    }
  });

  test('leaves nothing of ours when it is destroyed while Workflows run', async () => {
    const busybox = await localImage(system.kube, 'busybox');
    const { project, namespace } = await makeProject(system, 'destroyed', oneStep(busybox, 'sleep 600'));
    const change = await system.gerrit.pushChange({ project, subject: 'Endless', files: { 'a.txt': 'a\n' } });
    await until('the Workflow runs', async () =>
      (await workflowsOf(system, change)).some(({ status }) => status.phase === 'Running'),
    );

    const { code, output } = await pulumi(['destroy', '--yes', '--skip-preview']);

    expect(output.split('\n').filter((line) => /error/i.test(line))).toEqual([]);
    expect(code).toBe(0);
    const namespaces = (await listed('/api/v1/namespaces')).map(({ name }) => name);
    expect(namespaces).not.toContain(namespace);
    expect(namespaces.filter((name) => name.startsWith('ci-'))).toEqual([]);
    expect(namespaces.filter((name) => Object.values<string>(Namespace).includes(name))).toEqual([]);
    expect(await ours()).toEqual([]);
  });
});

/** Cluster-scoped objects that carry our labels or belong to our API groups. */
async function ours(): Promise<string[]> {
  const collections = [
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    '/apis/scheduling.k8s.io/v1/priorityclasses',
    '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
    '/api/v1/persistentvolumes',
  ];
  const found = await Promise.all(
    collections.map(async (path) => (await listed(path)).map((metadata) => ({ path, ...metadata }))),
  );
  return found
    .flat()
    .filter(
      ({ path, name, labels }) =>
        labels[Label.managedBy] === MANAGED_BY ||
        name.endsWith('argoproj.io') ||
        name.endsWith(DOMAIN) ||
        name.startsWith('seakeeper-') ||
        path.endsWith('persistentvolumes'),
    )
    .map(({ path, name }) => `${path}/${name}`);
}
