import { ArgoWorkflow } from '../../../core/argo-workflow';
import { Label } from '../../../core/labels';
import { Pipeline } from '../../../core/pipeline';
import type { ChangeState, RunRecord } from '../../../services/reporter/ports';

export const REVISION = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';
export const ACCOUNT = 'seakeeper';
export const ADDRESS = { pipeline: 'test', namespace: 'ci-demo-abcdefghij', workflow: 'demo-7-2-test-abcdefghijkl' };

interface NodeFixture {
  readonly name: string;
  readonly phase?: string;
  readonly message?: string;
  readonly type?: string;
  readonly finishedAt?: string;
  readonly hostNodeName?: string | undefined;
  readonly children?: readonly string[];
  readonly outputs?: object;
}

/** A Workflow as the API server sends it: succeeded, unless said otherwise. */
export function workflow(
  overrides: {
    readonly phase?: string;
    readonly message?: string;
    readonly shutdown?: string;
    readonly annotations?: Record<string, string>;
    readonly nodes?: readonly NodeFixture[];
  } = {},
): ArgoWorkflow {
  const nodes = (overrides.nodes ?? []).map((node, index) => ({
    id: node.name,
    displayName: node.name,
    type: 'Pod',
    templateName: 'main',
    startedAt: `2025-11-23T10:00:0${index}Z`,
    finishedAt: `2025-11-23T10:00:1${index}Z`,
    hostNodeName: 'node-1',
    ...node,
  }));
  return ArgoWorkflow.parse({
    metadata: {
      namespace: ADDRESS.namespace,
      name: ADDRESS.workflow,
      uid: 'uid-1',
      creationTimestamp: '2025-11-23T10:00:00Z',
      labels: { [Label.run]: 'abcdefghijkl' },
      annotations: overrides.annotations ?? {},
    },
    spec: overrides.shutdown === undefined ? {} : { shutdown: overrides.shutdown },
    status: {
      phase: overrides.phase ?? 'Succeeded',
      message: overrides.message ?? '',
      startedAt: '2025-11-23T10:00:00Z',
      finishedAt: '2025-11-23T10:01:02Z',
      nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
    },
  });
}

/** A step that puts out comments: text as it is, anything else as JSON. */
export const commenting = (name: string, value: unknown, more: Partial<NodeFixture> = {}): NodeFixture => ({
  name,
  phase: 'Succeeded',
  outputs: {
    parameters: [
      { name: 'other', value: 'not ours' },
      { name: 'seakeeper-comments', value: typeof value === 'string' ? value : JSON.stringify(value) },
    ],
  },
  ...more,
});

export function runRecord(overrides: Partial<RunRecord['event']> = {}): RunRecord {
  return {
    record: {
      seq: 1,
      key: 'demo!key',
      pipeline: 'test',
      at: '2025-11-23T10:00:00.000Z',
      decision: {
        kind: 'spawned',
        workflow: { namespace: ADDRESS.namespace, name: ADDRESS.workflow, uid: 'uid-1' },
        definitionCommit: 'd'.repeat(40),
      },
    },
    event: {
      type: 'patchset-created',
      change: { project: 'demo', branch: 'main', number: 7 },
      patchSet: { number: 2, revision: REVISION, ref: 'refs/changes/07/7/2' },
      ...overrides,
    },
  };
}

export function change(overrides: Partial<ChangeState> = {}): ChangeState {
  return { project: 'demo', number: 7, status: 'NEW', currentRevision: REVISION, messages: [], ...overrides };
}

export const pipeline = (overrides: object = {}): Pipeline =>
  Pipeline.parse({ name: 'test', triggers: [{ event: 'patchset-created' }], label: {}, ...overrides });
