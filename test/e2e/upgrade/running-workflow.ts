import { RUNNER_SERVICE_ACCOUNTS } from '../../../core/project';

const NAME = 'mediawiki-core-7-2-check-abcdefgh';

/** A run as the first release's trigger created it and its controller had begun it: one step, whose pod runs. */
export function runningWorkflow(namespace: string) {
  const labels = { 'app.kubernetes.io/managed-by': 'seakeeper' };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      name: NAME,
      namespace,
      labels: {
        ...labels,
        'seakeeper.wikimedia.org/pipeline': 'check',
        'seakeeper.wikimedia.org/change': '7',
        'seakeeper.wikimedia.org/patch-set': '2',
        'seakeeper.wikimedia.org/run': 'abcdefgh',
      },
      annotations: {
        'seakeeper.wikimedia.org/project': 'mediawiki/core',
        'seakeeper.wikimedia.org/event-key': `example:patchset-created:mediawiki/core:7:${'a'.repeat(40)}`,
        'seakeeper.wikimedia.org/revision': 'a'.repeat(40),
        'seakeeper.wikimedia.org/ref': 'refs/changes/07/7/2',
        'seakeeper.wikimedia.org/definition-commit': 'c'.repeat(40),
        'seakeeper.wikimedia.org/spec-hash': 'd'.repeat(64),
      },
    },
    spec: {
      entrypoint: 'main',
      arguments: {
        parameters: [
          { name: 'project', value: 'mediawiki/core' },
          { name: 'ref', value: 'refs/changes/07/7/2' },
          { name: 'revision', value: 'a'.repeat(40) },
          { name: 'fetch-url', value: 'https://gerrit.example.org/mediawiki/core' },
          { name: 'branch', value: 'master' },
          { name: 'change', value: '7' },
          { name: 'patch-set', value: '2' },
        ],
      },
      serviceAccountName: RUNNER_SERVICE_ACCOUNTS['pre-review'],
      automountServiceAccountToken: true,
      podPriorityClassName: 'seakeeper-pre-review',
      priority: 100,
      activeDeadlineSeconds: 3600,
      parallelism: 10,
      archiveLogs: true,
      volumeClaimGC: { strategy: 'OnWorkflowCompletion' },
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      templates: [
        { name: 'main', activeDeadlineSeconds: 3600, container: { ...CONTAINER, imagePullPolicy: 'IfNotPresent' } },
      ],
    },
    status: { phase: 'Running', startedAt: '2026-01-01T00:00:00Z', progress: '0/1' },
  };
}

const CONTAINER = {
  image: 'docker.io/library/busybox:1.37.0',
  command: ['sleep', '600'],
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

/** Its pod, as the controller of then made it. */
export function runningPod({ metadata, spec }: ReturnType<typeof runningWorkflow>) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: metadata.name, labels: { 'workflows.argoproj.io/workflow': metadata.name } },
    spec: {
      restartPolicy: 'Never',
      serviceAccountName: spec.serviceAccountName,
      securityContext: spec.securityContext,
      containers: [
        {
          ...CONTAINER,
          name: 'main',
          resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '1Gi' } },
        },
      ],
    },
  };
}
