import { EVENT_TYPES } from '../../../core/event-type';
import type { GerritEvent } from '../../../core/gerrit-event';
import { Pipeline } from '../../../core/pipeline';
import { POOLS } from '../../../core/pool';
import { type SanitizedDefinition, sanitizeDefinition } from '../../../services/shared/definition/sanitize-definition';
import { planDequeue, planFilter } from '../../../services/shared/filter/plan-filters';
import type { ChangeNow, DefinitionNow, Facts } from '../../../services/trigger/decide';
import { renderWorkflow } from '../../../services/trigger/render-workflow';

export const REVISION = 'a'.repeat(40);
export const COMMIT = 'c'.repeat(40);
export const KEY = `local:patchset-created:demo:7:${REVISION}`;
export const NAMESPACE = 'ci-demo-x';

export const DEFINITION = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: "busybox:1.36", command: [echo, "{{workflow.parameters.ref}}"]}
`;

export function sanitized(text: string = DEFINITION): SanitizedDefinition {
  const result = sanitizeDefinition('seakeeper/check.yaml', text);
  if (!result.ok) {
    throw new Error(result.error.map(({ message }) => message).join('; '));
  }
  return result.value;
}

export const pipeline = (overrides: Partial<Pipeline> = {}): Pipeline =>
  Pipeline.parse({ name: 'check', triggers: [{ event: 'patchset-created' }], timeoutSeconds: 600, ...overrides });

/** Lets every event pass. */
const ANYTHING = pipeline({ triggers: [{ event: [...EVENT_TYPES] }] });

export function event(overrides: Partial<GerritEvent> = {}): GerritEvent {
  return {
    type: 'patchset-created',
    change: { project: 'demo', branch: 'main', number: 7 },
    patchSet: { number: 2, revision: REVISION, ref: 'refs/changes/07/7/2' },
    ...overrides,
  };
}

export const change = (overrides: Partial<ChangeNow> = {}): ChangeNow => ({
  status: 'NEW',
  currentRevision: REVISION,
  isPrivate: false,
  isWip: false,
  topic: undefined,
  hashtags: [],
  ...overrides,
});

export const found = (text?: string, commit = COMMIT): DefinitionNow => ({
  kind: 'found',
  commit,
  definition: { ok: true, value: sanitized(text) },
});

/** A run in a namespace, as the trigger makes it. */
export function renderRun(namespace: string, overrides: Partial<Pipeline> = {}, definition: string = DEFINITION) {
  const run = renderWorkflow({
    server: 'local',
    fetchUrl: 'http://gerrit.test:8080',
    namespace,
    pipeline: pipeline(overrides),
    eventKey: KEY,
    event: event(),
    definition: sanitized(definition),
    definitionCommit: COMMIT,
    pools: POOLS,
    classPool: undefined,
  });
  if (!run.ok) throw new Error(run.error);
  return run.value;
}

/** The filter is that of the pipeline. */
export function facts(overrides: Partial<Facts> = {}): Facts {
  return {
    server: 'local',
    fetchUrl: 'http://gerrit.test:8080',
    pipeline: pipeline(),
    filter: planFilter(overrides.pipeline ?? ANYTHING),
    dequeue: planDequeue(overrides.pipeline ?? ANYTHING),
    dequeuedAt: undefined,
    known: {},
    eventKey: KEY,
    event: event(),
    eventAt: Date.parse('2026-01-01T00:00:00Z'),
    project: { kind: 'ready', namespace: NAMESPACE, class: 'default' },
    change: change(),
    definition: found(),
    pools: [],
    classPools: {},
    ...overrides,
  };
}
