import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { NamespaceAdmissionChart } from '../../../constructs/namespace-admission-chart';
import {
  protectedRuns,
  workflowFields,
  workflowMetadata,
} from '../../../constructs/workflow-admission/workflow-policies';
import { ensureToolchain } from '../../../local/toolchain/toolchain';
import { renderRun } from '../../services/trigger/fixtures';
import { type AdmissionServer, kindPath, NAMESPACE, startAdmissionServer } from '../support/admission-server';

jest.setTimeout(180_000);

// Of several policies that refuse, the API server lets one speak, and which is chance. So each is asked alone.
test.each<[command: string, policy: string, only: (scope: Construct) => void]>([
  ['retry', 'protected-runs', protectedRuns],
  ['retry', 'reserved-metadata', workflowMetadata],
  ['resubmit', 'reserved-metadata', workflowMetadata],
  ['resubmit', 'workflow-fields', workflowFields],
])('argo %s of a run of a change is answered with the cure by policy %s', async (command, policy, only) => {
  const server = await startAdmissionServer(
    (app) => {
      const chart = new Chart(app, 'policy');
      only(chart);
      return [chart, new NamespaceAdmissionChart(app, 'namespaces')];
    },
    { caller: 'owner', object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ci-forged' } } },
  );
  try {
    const refusal = argo(server, command, await failedRun(server));
    await expect(refusal).rejects.toThrow(/comment 'recheck' on the change/);
    await expect(refusal).rejects.toThrow(`'seakeeper-${policy}'`);
  } finally {
    await server.stop();
  }
});

async function failedRun(server: AdmissionServer): Promise<string> {
  const run = renderRun(NAMESPACE);
  const { name } = run.metadata;
  const node = { id: name, name, displayName: name, type: 'Pod', phase: 'Failed', templateName: 'main' };
  const times = { startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z' };
  const done = { 'workflows.argoproj.io/completed': 'true', 'workflows.argoproj.io/phase': 'Failed' };
  await (await server.as('admin')).create(kindPath('Workflow', NAMESPACE), {
    ...run,
    metadata: { ...run.metadata, labels: { ...run.metadata.labels, ...done } },
    status: { phase: 'Failed', ...times, nodes: { [name]: { ...node, ...times, templateScope: `local/${name}` } } },
  });
  return name;
}

async function argo({ server }: AdmissionServer, command: string, name: string): Promise<unknown> {
  const binary = (await ensureToolchain(['argo-workflows'])).binary('argo');
  const kubeconfig = server.kubeconfigFor('limited');
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  return promisify(execFile)(binary, [command, name, '-n', NAMESPACE, '--kubeconfig', kubeconfig], { env });
}
