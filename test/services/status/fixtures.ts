import { Readable } from 'node:stream';
import { ArgoWorkflow } from '../../../core/argo-workflow';
import { Annotation, Label } from '../../../core/labels';
import type { ArtifactStore, PublicCluster } from '../../../services/status/ports';

export const NAMESPACE = 'ci-demo-abcdefghij';
export const WORKFLOW = 'demo-7-2-test-abcdefghijkl';
export const PATH = `/job/test/${NAMESPACE}.${WORKFLOW}`;

/** A failed run of two steps, one of which left an artifact. */
export function workflow(
  overrides: {
    name?: string;
    phase?: string;
    message?: string;
    stepMessage?: string;
    step?: string;
    key?: string;
  } = {},
): ArgoWorkflow {
  const { name = WORKFLOW, phase = 'Failed', key = `${NAMESPACE}/${name}/pod/report.txt` } = overrides;
  return ArgoWorkflow.parse({
    metadata: {
      namespace: NAMESPACE,
      name,
      uid: 'uid-1',
      creationTimestamp: '2025-11-23T10:00:00Z',
      labels: { [Label.run]: 'abcdefghijkl', [Label.pipeline]: 'test', [Label.change]: '7', [Label.patchSet]: '2' },
      annotations: { [Annotation.project]: 'mediawiki/core', [Annotation.revision]: 'c0ffee' },
    },
    status: {
      phase,
      message: overrides.message ?? '',
      startedAt: '2025-11-23T10:00:00Z',
      finishedAt: phase === 'Running' ? null : '2025-11-23T10:01:02Z',
      nodes: {
        one: {
          id: 'one',
          name: `${name}.build`,
          displayName: 'build',
          type: 'Pod',
          templateName: 'build',
          phase: 'Succeeded',
          startedAt: '2025-11-23T10:00:01Z',
          finishedAt: '2025-11-23T10:00:05Z',
          outputs: {
            artifacts: [
              { name: 'report', s3: { key } },
              { name: 'main-logs', s3: { key: `${NAMESPACE}/${name}/pod/main.log` } },
            ],
          },
        },
        two: {
          id: 'two',
          name: `${name}.lint`,
          displayName: overrides.step ?? 'lint',
          type: 'Pod',
          templateName: 'lint',
          phase: 'Failed',
          message: overrides.stepMessage ?? 'main: Error (exit code 1)',
          startedAt: '2025-11-23T10:00:06Z',
          finishedAt: '2025-11-23T10:00:09Z',
        },
        three: { id: 'three', name: `${name}.late`, displayName: 'late', type: 'Pod', phase: 'Omitted' },
        dag: { id: 'dag', name, type: 'DAG', phase: 'Failed' },
      },
    },
  });
}

/** A cluster in memory with one public namespace. */
export class FakeCluster implements PublicCluster {
  open: readonly string[] = [NAMESPACE];
  looks = 0;

  constructor(
    private readonly workflows: readonly ArgoWorkflow[],
    private readonly logs: string | undefined,
  ) {}

  namespaces() {
    return this.open;
  }
  async find(_namespace: string, name: string) {
    return this.workflows.find(({ metadata }) => metadata.name === name);
  }
  async list() {
    this.looks += 1;
    return this.workflows;
  }
  async log() {
    return this.logs;
  }
}

/** A bucket in memory. */
export class FakeStore implements ArtifactStore {
  readonly asked: string[] = [];

  constructor(private readonly objects: Readonly<Record<string, string>> = {}) {}

  async list(prefix: string) {
    return Object.keys(this.objects).filter((key) => key.startsWith(prefix));
  }
  async read(key: string) {
    this.asked.push(key);
    const text = this.objects[key];
    return text === undefined ? undefined : { body: Readable.from([text]), bytes: Buffer.byteLength(text) };
  }
}
