import { KubeObject } from '../../../core/kube-object';
import { kubectl } from '../support/kubectl';
import { runningSystem, type System } from '../support/system';

jest.setTimeout(120_000);

let system: System;

beforeAll(async () => {
  system = await runningSystem();
}, 50 * 60_000);

afterAll(async () => {
  await system?.gerrit.close();
});

/** Runs kubectl as a person of a group that `Pulumi.local.yaml` names; nothing is changed. */
const as = (group: string, args: readonly string[], input?: string): Promise<string> =>
  kubectl([...args, '--as=a-person', `--as-group=${group}`, '--as-group=system:authenticated'], input);

const DRY = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'];

/** An object of the running cluster as one would apply it again. */
async function applied(kind: string, namespace: string, name: string): Promise<string> {
  const {
    metadata,
    status: _,
    ...rest
  } = KubeObject.parse(JSON.parse(await kubectl(['get', kind, name, '-n', namespace, '-o', 'json'])));
  return JSON.stringify({ ...rest, metadata: { name, namespace, labels: metadata['labels'] } });
}

describe('groups that run the system, as the API server answers them', () => {
  test.each([
    ['releng', 'role', 'argo-system', 'workflow-controller'],
    ['releng', 'rolebinding', 'argo-system', 'workflow-controller'],
    ['releng', 'deployment', 'argo-system', 'workflow-controller'],
    ['releng', 'networkpolicy', 'gerrit-gateway', 'trigger-9200'],
    ['releng', 'sensor', 'gerrit-gateway', 'gerrit-event-sensor'],
    ['releng', 'statefulset', 'artifacts', 'minio'],
    ['releng', 'configmap', 'seakeeper-system', 'projects'],
    ['serviceops', 'role', 'argo-ui', 'argo-server'],
    ['serviceops', 'deployment', 'argo-ui', 'status'],
    ['serviceops', 'deployment', 'seakeeper-system', 'provisioner'],
  ])('%s may apply %s %s/%s again', async (group, kind, namespace, name) => {
    expect(await as(group, DRY, await applied(kind, namespace, name))).toContain('serverside-applied');
  });

  test.each([
    ['releng', 'configmap', 'seakeeper-system', 'provisioner-config'],
    ['releng', 'deployment', 'argo-ui', 'status'],
    ['serviceops', 'deployment', 'argo-system', 'workflow-controller'],
  ])('%s may not apply %s %s/%s', async (group, kind, namespace, name) => {
    await expect(as(group, DRY, await applied(kind, namespace, name))).rejects.toThrow(/forbidden/i);
  });

  test('RelEng may not make a Role that can more than they can', async () => {
    const role = JSON.stringify({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'more', namespace: 'argo-system' },
      rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }],
    });

    // The last line of the API server's answer is the rights that are missing.
    await expect(as('releng', DRY, role)).rejects.toThrow('Resources:["pods/exec"], Verbs:["create"]');
  });

  test('ServiceOps may drain a node', async () => {
    const node = (await kubectl(['get', 'nodes', '-o', 'name'])).trim().split('\n')[0] ?? '';
    const drain = [
      'drain',
      node.replace('node/', ''),
      '--dry-run=server',
      '--ignore-daemonsets',
      '--delete-emptydir-data',
      '--force',
    ];

    expect(await as('serviceops', drain)).toMatch(/drained \(server dry run\)/);
    await expect(as('releng', drain)).rejects.toThrow(/forbidden/i);
  });
});
