import { createHash } from 'node:crypto';
import { PriorityClass } from '../../core/access';
import { PARAMETER_NAMES, PARAMETER_PATTERNS, type ParameterName } from '../../core/definition-parameters';
import type { GerritEvent } from '../../core/gerrit-event';
import { Annotation } from '../../core/labels';
import { type Pipeline, poolOf } from '../../core/pipeline';
import { runPlacement } from '../../core/placement';
import type { Pool, RunPool } from '../../core/pool';
import { RUNNER_SERVICE_ACCOUNTS } from '../../core/project';
import { err, ok, type Result } from '../../core/result';
import { Limit } from '../../core/workflow-policy/limits';
import type { SanitizedDefinition } from '../shared/definition/sanitize-definition';
import { isObject, type JsonObject, type JsonValue, objectOf, objectsOf } from '../shared/definition/sanitize-json';
import { renderIdentity, type Subject, subjectOf } from './render-identity';
import { renderRetry } from './render-retry';

/** A Workflow as it is sent to the API server. */
export interface WorkflowManifest {
  readonly apiVersion: 'argoproj.io/v1alpha1';
  readonly kind: 'Workflow';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: JsonObject;
}

/** What a run is made of. */
export interface RunFacts {
  readonly server: string;
  /** Base URL of git over HTTP as pods reach it, no trailing slash. */
  readonly fetchUrl: string;
  readonly namespace: string;
  readonly pipeline: Pipeline;
  readonly eventKey: string;
  readonly event: GerritEvent;
  readonly definition: SanitizedDefinition;
  /** Commit of refs/meta/config that the definition is of. */
  readonly definitionCommit: string;
  /** Pools there are; none: the run goes anywhere. */
  readonly pools: readonly Pool[];
  /** Pool of the project's class, which beats the pipeline's. */
  readonly classPool: RunPool | undefined;
}

/** Written on every container: Argo gives its defaults to `main` only, and a template's own value wins over them. */
const CONTAINER_SECURITY: JsonObject = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const POD_SECURITY: JsonObject = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

/**
 * The Workflow of a run: the sanitised definition, and over it everything that is ours. The error is one line for the
 * author, when something of the event may not become a parameter.
 */
export function renderWorkflow(facts: RunFacts): Result<WorkflowManifest, string> {
  const subject = subjectOf(facts.event);
  if (subject === undefined) {
    return err(`event ${facts.event.type} names no revision, allowed is an event of a change or a ref; nothing to run`);
  }
  const parameters = parametersOf(subject, facts.fetchUrl);
  if (!parameters.ok) {
    return parameters;
  }
  const { name, labels, annotations } = renderIdentity(facts, subject);
  const spec = renderSpec(facts, parameters.value);
  return ok({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      name,
      namespace: facts.namespace,
      labels: { ...stringsOf(facts.definition.labels), ...labels },
      annotations: {
        ...stringsOf(facts.definition.annotations),
        ...annotations,
        [Annotation.definitionCommit]: facts.definitionCommit,
        [Annotation.specHash]: specHash(spec),
      },
    },
    spec,
  });
}

/**
 * Hash of what a Workflow runs. Leaves out what the system itself changes later (the reporter starts the TTL, the
 * trigger or an owner stops the run) and what comes from the pipeline alone (deadlines, priority, place), which stack
 * config may change between an event and its repeat.
 */
export function specHash(spec: JsonObject): string {
  const rest = without(spec, [...CHANGED_LATER, ...FROM_PIPELINE, ...FROM_QUOTA]);
  const templates = objectsOf(spec['templates']).map((template) => without(template, FROM_PIPELINE));
  return createHash('sha256')
    .update(canonical({ ...rest, templates }))
    .digest('hex');
}

const CHANGED_LATER = ['shutdown', 'suspend', 'ttlStrategy'];
/** A run that is wider than the whole quota runs narrower; the quota may be another by the time of a repeat. */
const FROM_QUOTA = ['parallelism'];
const FROM_PIPELINE = ['activeDeadlineSeconds', 'affinity', 'podPriorityClassName', 'priority', 'tolerations'];

const without = (object: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));

/** Our parameters. Whatever does not match its pattern never gets near Argo's textual substitution. */
function parametersOf(subject: Subject, fetchUrl: string): Result<Partial<Record<ParameterName, string>>, string> {
  const values: Partial<Record<ParameterName, string>> = {
    project: subject.project,
    ref: subject.ref,
    revision: subject.revision,
    'fetch-url': `${fetchUrl.replace(/\/$/, '')}/${subject.project.split('/').map(encodeURIComponent).join('/')}`,
    ...(subject.branch === undefined ? {} : { branch: subject.branch }),
    ...(subject.change === undefined
      ? {}
      : { change: String(subject.change.number), 'patch-set': String(subject.change.patchSet) }),
  };
  for (const name of PARAMETER_NAMES) {
    const value = values[name];
    if (value !== undefined && !PARAMETER_PATTERNS[name].test(value)) {
      return err(
        `parameter ${name} cannot be passed to a run: its value does not match ${PARAMETER_PATTERNS[name].source}; rename it in Gerrit`,
      );
    }
  }
  return ok(values);
}

function renderSpec(facts: RunFacts, parameters: Partial<Record<ParameterName, string>>): JsonObject {
  const { pipeline, definition } = facts;
  const { spec } = definition;
  const ceiling = pipeline.timeoutSeconds;
  return {
    ...spec,
    arguments: { parameters: mergeParameters(objectsOf(objectOf(spec['arguments'])['parameters']), parameters) },
    serviceAccountName: RUNNER_SERVICE_ACCOUNTS[pipeline.trust],
    automountServiceAccountToken: true,
    podPriorityClassName: PriorityClass[pipeline.trust],
    priority: pipeline.priority,
    ...placementOf(facts),
    activeDeadlineSeconds: deadline(spec['activeDeadlineSeconds'], ceiling),
    parallelism: spec['parallelism'] ?? Limit.defaultParallelism,
    archiveLogs: true,
    volumeClaimGC: { strategy: 'OnWorkflowCompletion' },
    securityContext: { ...objectOf(spec['securityContext']), ...POD_SECURITY },
    templates: objectsOf(spec['templates']).map((template) => renderTemplate(template, ceiling, spec['retryStrategy'])),
  };
}

/** Where the run's pods go, as plain JSON. A definition has no say in it: the sanitiser refuses these fields. */
function placementOf({ pipeline, pools, classPool }: RunFacts): JsonObject {
  return { ...runPlacement(classPool ?? poolOf(pipeline), pools) };
}

/** The definition's parameters with ours over them; a value of its own for one of ours holds where an event has none. */
function mergeParameters(
  own: readonly JsonObject[],
  ours: Partial<Record<ParameterName, string>>,
): readonly JsonObject[] {
  const named = (name: JsonValue | undefined) =>
    PARAMETER_NAMES.some((known) => known === name && ours[known] !== undefined);
  return [
    ...own.filter(({ name }) => !named(name)),
    ...PARAMETER_NAMES.flatMap((name) => {
      const value = ours[name];
      return value === undefined ? [] : [{ name, value }];
    }),
  ];
}

function renderTemplate(template: JsonObject, ceiling: number, retry: JsonValue | undefined): JsonObject {
  const rendered: Record<string, JsonValue> = { ...template };
  if (isObject(template['securityContext'])) {
    rendered['securityContext'] = { ...template['securityContext'], ...POD_SECURITY };
  }
  const runsPod = ['container', 'script', 'containerSet'].some((kind) => template[kind] !== undefined);
  if (runsPod) {
    // Argo exempts the pods of exit handlers from the Workflow's deadline; their own holds.
    rendered['activeDeadlineSeconds'] = deadline(template['activeDeadlineSeconds'], ceiling);
    rendered['retryStrategy'] = renderRetry(template['retryStrategy'] ?? retry);
  }
  for (const kind of ['container', 'script']) {
    if (isObject(template[kind])) {
      rendered[kind] = renderContainer(template[kind]);
    }
  }
  for (const several of ['initContainers', 'sidecars']) {
    if (template[several] !== undefined) {
      rendered[several] = objectsOf(template[several]).map(renderContainer);
    }
  }
  if (isObject(template['containerSet'])) {
    const set = template['containerSet'];
    rendered['containerSet'] = { ...set, containers: objectsOf(set['containers']).map(renderContainer) };
  }
  return rendered;
}

function renderContainer(container: JsonObject): JsonObject {
  return {
    ...container,
    imagePullPolicy: 'IfNotPresent',
    securityContext: { ...objectOf(container['securityContext']), ...CONTAINER_SECURITY },
  };
}

const deadline = (asked: JsonValue | undefined, ceiling: number): number =>
  typeof asked === 'number' ? Math.min(asked, ceiling) : ceiling;

const stringsOf = (map: JsonObject): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, String(value)]));

/** JSON with sorted keys, so that equal content has equal text. */
function canonical(value: JsonValue): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(',')}]`;
  }
  if (isObject(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
