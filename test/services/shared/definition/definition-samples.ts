import { stringify } from 'yaml';
import { CacheOwner, cacheKey } from '../../../../core/run-cache';
import type { FieldPolicy, Rule, Shape } from '../../../../core/workflow-policy/policy';
import { WORKFLOW_POLICY } from '../../../../core/workflow-policy/table';
import type { JsonObject, JsonValue } from '../../../../services/shared/definition/sanitize-json';

/** Smallest objects of the types that have required fields. */
const SMALLEST: Readonly<Record<string, JsonObject>> = {
  Container: { image: 'busybox:1.36', command: ['true'] },
  Script: { image: 'busybox:1.36', command: ['sh'], source: 'true' },
  UserContainer: { name: 'helper', image: 'busybox:1.36', command: ['true'] },
  ContainerNode: { name: 'one', image: 'busybox:1.36', command: ['true'] },
  ContainerSet: { containers: [{ name: 'one', image: 'busybox:1.36', command: ['true'] }] },
  Template: { name: 'main', container: { image: 'busybox:1.36', command: ['true'] } },
  Step: { name: 'one', template: 'leaf' },
  Task: { name: 'one', template: 'leaf' },
  Dag: { tasks: [{ name: 'one', template: 'leaf' }] },
  TemplateRef: { name: 'seakeeper-checkout', template: 'checkout', clusterScope: true },
  LifecycleHook: { template: 'leaf' },
  Mutex: { name: 'lock' },
  Parameter: { name: 'own' },
  Artifact: { name: 'own' },
  OutputArtifact: { name: 'own' },
  CacheToRead: { key: cacheKey(CacheOwner.reviewed, 'npm-{{inputs.parameters.own}}') },
  CacheToWrite: { key: cacheKey(CacheOwner.self, 'npm-{{inputs.parameters.own}}') },
  RawArtifact: { data: 'x' },
  EnvVar: { name: 'OWN' },
  FieldRef: { fieldPath: 'metadata.name' },
  ResourceFieldRef: { resource: 'limits.cpu' },
  ContainerPort: { containerPort: 80 },
  HttpGet: { port: 80 },
  HttpHeader: { name: 'a', value: 'b' },
  TcpSocket: { port: 80 },
  GrpcAction: { port: 80 },
  SleepAction: { seconds: 1 },
  Volume: { name: 'scratch', emptyDir: { sizeLimit: '1Gi' } },
  EmptyDir: { sizeLimit: '1Gi' },
  DownwardApiFile: { path: 'labels' },
  VolumeMount: { name: 'scratch', mountPath: '/scratch' },
  VolumeClaim: {
    metadata: { name: 'disk' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  ClaimMetadata: { name: 'disk' },
  VolumeClaimSpec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  VolumeResources: { requests: { storage: '1Gi' } },
};

/** Good values of fields whose rules a generic one would not meet. */
const GOOD: Readonly<Record<string, JsonValue>> = {
  'WorkflowSpec.entrypoint': 'main',
  'WorkflowSpec.templates': [SMALLEST['Template'] ?? {}, { ...SMALLEST['Template'], name: 'leaf' }],
  'WorkflowSpec.onExit': 'leaf',
  'Template.steps': [[SMALLEST['Step'] ?? {}]],
  'Step.withParam': '{{inputs.parameters.list}}',
  'Task.withParam': '{{inputs.parameters.list}}',
  'Task.depends': 'other.Succeeded',
  'Task.dependencies': ['other'],
  'ContainerNode.dependencies': ['two'],
  'ValueFrom.parameter': '{{steps.one.outputs.result}}',
  'Artifact.from': '{{steps.one.outputs.artifacts.own}}',
  'OutputArtifact.from': '{{steps.one.outputs.artifacts.own}}',
  'CacheToRead.key': cacheKey(CacheOwner.self, 'npm'),
  'CacheToWrite.key': cacheKey(CacheOwner.self, 'npm'),
  'Sequence.format': 'host-%02d',
  'EnvVarSource.resourceFieldRef': { resource: 'limits.cpu' },
  'Lifecycle.stopSignal': 'SIGTERM',
  'Backoff.duration': '10s',
  'Backoff.cap': '10s',
  'Backoff.maxDuration': '1m',
  'Template.timeout': '30m',
  'Template.name': 'main',
  'TemplateRef.name': 'seakeeper-checkout',
  'TemplateRef.template': 'checkout',
  'FieldRef.fieldPath': 'metadata.namespace',
  'ResourceFieldRef.resource': 'limits.memory',
  'Workflow.spec': { entrypoint: 'main', templates: [SMALLEST['Template'] ?? {}] },
};

const PATHS = new Set(['path', 'mountPath', 'workingDir']);

/** A value that a row accepts. */
export function goodValue(type: string, field: string, policy: FieldPolicy): JsonValue {
  const known = GOOD[`${type}.${field}`];
  if (known !== undefined) {
    return known;
  }
  const inVolume = type === 'DownwardApiFile';
  if (PATHS.has(field) && policy.shape === 'string' && !inVolume) {
    return '/work/here';
  }
  return forShape(policy.shape ?? 'string', policy.rules ?? []);
}

function forShape(shape: Shape, rules: readonly Rule[]): JsonValue {
  const ruled = rules.map((rule) => forRule(shape, rule)).find((value) => value !== undefined);
  if (ruled !== undefined) {
    return ruled;
  }
  if (typeof shape === 'string') {
    return { boolean: true, integer: 1, number: 1, quantity: '1Gi', empty: {}, json: 'x', scalar: 'x', string: 'x' }[
      shape
    ];
  }
  if ('list' in shape) {
    return [forShape(shape.list, [])];
  }
  return 'map' in shape ? { one: forShape(shape.map, []) } : (SMALLEST[shape.object] ?? {});
}

function forRule(shape: Shape, rule: Rule): JsonValue | undefined {
  switch (rule.kind) {
    case 'one-of':
      return rule.values[0];
    case 'each-one-of':
      return [...rule.values].slice(0, 1);
    case 'range':
      return Math.max(rule.min, 1);
    case 'template-name':
      return 'leaf';
    case 'volume-name':
      return 'scratch';
    case 'keys':
      return keyed(shape, rule);
    default:
      return undefined;
  }
}

function keyed(shape: Shape, rule: Extract<Rule, { kind: 'keys' }>): JsonValue {
  const candidates = [
    'project.seakeeper.wikimedia.org/team',
    'workflows.argoproj.io/title',
    'cpu',
    'storage',
    'running',
  ];
  const key = candidates.find((candidate) => new RegExp(rule.keep).test(candidate)) ?? '';
  return { [key]: typeof shape === 'object' && 'map' in shape ? forShape(shape.map, []) : 'x' };
}

/** Where a type is in a definition: the object itself goes in, the whole definition comes out. */
type Place = (inner: JsonObject) => JsonObject;

const definition = (spec: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  ...more,
  spec: { entrypoint: 'main', volumes: [SMALLEST['Volume'] ?? {}], ...spec },
});

const LEAF: JsonObject = { name: 'leaf', container: SMALLEST['Container'] ?? {} };
const OTHER: JsonObject = { name: 'other', template: 'leaf' };

/** The definition around one template. */
const template: Place = (main) => definition({ templates: [{ name: 'main', ...main }, LEAF] });
const leafOf = (more: JsonObject) => template({ container: SMALLEST['Container'] ?? {}, ...more });
const container: Place = (inner) => template({ container: inner });
const inContainer =
  (field: string, wrap: (inner: JsonObject) => JsonValue): Place =>
  (inner) =>
    container({ ...SMALLEST['Container'], [field]: wrap(inner) });
const inSpec =
  (field: string, wrap: (inner: JsonObject) => JsonValue): Place =>
  (inner) =>
    definition({ templates: [{ ...LEAF, name: 'main' }, LEAF], [field]: wrap(inner) });
const probe = (inner: JsonObject) => container({ ...SMALLEST['Container'], livenessProbe: inner });
const one = (inner: JsonObject): JsonValue => [inner];
const same = (inner: JsonObject): JsonValue => inner;
const step = (inner: JsonObject) => {
  const callee: JsonObject = inner['templateRef'] === undefined ? { template: 'leaf' } : {};
  return template({ steps: [[{ name: 'one', ...callee, ...inner }]] });
};
const task = (inner: JsonObject) => template({ dag: { tasks: [inner, OTHER] } });

const PLACES: Readonly<Record<string, Place>> = {
  Workflow: (inner) => ({ ...definition({ templates: [{ ...LEAF, name: 'main' }] }), ...inner }),
  WorkflowMetadata: (metadata) => definition({ templates: [{ ...LEAF, name: 'main' }] }, { metadata }),
  PodMetadata: (metadata) => leafOf({ metadata }),
  ClaimMetadata: inSpec('volumeClaimTemplates', (metadata) => [{ ...SMALLEST['VolumeClaim'], metadata }]),
  WorkflowSpec: (spec) => definition({ templates: [{ ...LEAF, name: 'main' }, LEAF], ...spec }),
  RetryStrategy: inSpec('retryStrategy', same),
  Backoff: inSpec('retryStrategy', (backoff) => ({ backoff })),
  Synchronization: inSpec('synchronization', same),
  Mutex: inSpec('synchronization', (mutex) => ({ mutex })),
  PodSecurityContext: inSpec('securityContext', same),
  SeccompProfile: inSpec('securityContext', (seccompProfile) => ({ seccompProfile })),
  WorkflowArguments: inSpec('arguments', same),
  Template: (inner) => {
    // A template is exactly one kind of thing.
    const kinds = ['containerSet', 'script', 'dag', 'steps'].filter((kind) => inner[kind] !== undefined);
    const { container: _container, ...rest } = inner;
    return definition({ templates: [kinds.length > 0 ? rest : inner, LEAF] });
  },
  Step: step,
  Task: task,
  Dag: (dag) => template({ dag }),
  TemplateRef: (templateRef) => task({ name: 'one', templateRef }),
  LifecycleHook: (hook) => {
    const { template: _template, ...rest } = hook;
    return inSpec('hooks', (inner) => ({ running: inner }))(hook['templateRef'] === undefined ? hook : rest);
  },
  ContinueOn: (continueOn) => step({ continueOn }),
  Sequence: (withSequence) => step({ withSequence }),
  Arguments: (inner) => step({ arguments: inner }),
  Inputs: (inputs) => leafOf({ inputs }),
  Outputs: (outputs) => leafOf({ outputs }),
  Parameter: (inner) => leafOf({ inputs: { parameters: [inner] } }),
  ValueFrom: (valueFrom) => leafOf({ outputs: { parameters: [{ name: 'own', valueFrom }] } }),
  Artifact: (inner) => leafOf({ inputs: { artifacts: [inner] } }),
  OutputArtifact: (inner) => leafOf({ outputs: { artifacts: [inner] } }),
  CacheToRead: (s3) => leafOf({ inputs: { artifacts: [{ name: 'own', s3 }] } }),
  CacheToWrite: (s3) => leafOf({ outputs: { artifacts: [{ name: 'own', s3 }] } }),
  RawArtifact: (raw) => leafOf({ inputs: { artifacts: [{ name: 'own', raw }] } }),
  ArchiveStrategy: (archive) => leafOf({ outputs: { artifacts: [{ name: 'own', archive }] } }),
  TarStrategy: (tar) => leafOf({ outputs: { artifacts: [{ name: 'own', archive: { tar } }] } }),
  Container: container,
  Script: (script) => template({ script }),
  UserContainer: (inner) => leafOf({ sidecars: [inner] }),
  ContainerSet: (containerSet) => template({ containerSet }),
  ContainerNode: (inner) =>
    template({ containerSet: { containers: [inner, { ...SMALLEST['ContainerNode'], name: 'two' }] } }),
  EnvVar: inContainer('env', one),
  EnvVarSource: inContainer('env', (valueFrom) => [{ name: 'OWN', valueFrom }]),
  FieldRef: inContainer('env', (fieldRef) => [{ name: 'OWN', valueFrom: { fieldRef } }]),
  ResourceFieldRef: inContainer('env', (resourceFieldRef) => [{ name: 'OWN', valueFrom: { resourceFieldRef } }]),
  Resources: inContainer('resources', same),
  SecurityContext: inContainer('securityContext', same),
  Capabilities: inContainer('securityContext', (capabilities) => ({ capabilities })),
  ContainerPort: inContainer('ports', one),
  Lifecycle: inContainer('lifecycle', same),
  LifecycleHandler: inContainer('lifecycle', (preStop) => ({ preStop })),
  ExecAction: inContainer('lifecycle', (exec) => ({ preStop: { exec } })),
  SleepAction: inContainer('lifecycle', (sleep) => ({ preStop: { sleep } })),
  HttpGet: (httpGet) => probe({ httpGet }),
  HttpHeader: (header) => probe({ httpGet: { port: 80, httpHeaders: [header] } }),
  TcpSocket: (tcpSocket) => probe({ tcpSocket }),
  GrpcAction: (grpc) => probe({ grpc }),
  Probe: probe,
  Volume: inSpec('volumes', one),
  EmptyDir: inSpec('volumes', (emptyDir) => [{ name: 'scratch', emptyDir }]),
  DownwardApi: inSpec('volumes', (downwardAPI) => [{ name: 'scratch', downwardAPI }]),
  DownwardApiFile: inSpec('volumes', (item) => [{ name: 'scratch', downwardAPI: { items: [item] } }]),
  VolumeMount: inContainer('volumeMounts', one),
  VolumeClaim: inSpec('volumeClaimTemplates', one),
  VolumeClaimSpec: inSpec('volumeClaimTemplates', (spec) => [{ ...SMALLEST['VolumeClaim'], spec }]),
  VolumeResources: inSpec('volumeClaimTemplates', (resources) => [
    { metadata: { name: 'disk' }, spec: { accessModes: ['ReadWriteOnce'], resources } },
  ]),
};

/** A definition that is good but for one field of one type, as YAML, and the line that field is on. */
export function definitionWith(type: string, field: string, value: JsonValue): { text: string; line: number } {
  const place = PLACES[type];
  if (place === undefined) {
    throw new Error(`no sample place for type ${type}; add it to definition-samples.ts`);
  }
  const exclusive = field === 'templateRef' ? ['template'] : [];
  const base = Object.entries(SMALLEST[type] ?? {}).filter(([name]) => !exclusive.includes(name));
  const text = stringify(place({ ...Object.fromEntries(base), [field]: value }), {
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  const marked = stringify(place({ ...Object.fromEntries(base), [field]: 'SEEK' }), {
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  const line = marked.split('\n').findIndex((content) => content.endsWith('SEEK')) + 1;
  return { text, line };
}

/** Every row of the table. */
export const ROWS = Object.entries(WORKFLOW_POLICY).flatMap(([type, { fields }]) =>
  Object.entries(fields).map(([field, policy]) => ({ row: `${type}.${field}`, type, field, policy })),
);

/** A value of the right shape that breaks the rule; undefined where the rule speaks of lists made of objects. */
export function badValue(rule: Rule, shape: FieldPolicy['shape']): JsonValue | undefined {
  switch (rule.kind) {
    case 'range':
      return rule.max + 1;
    case 'max-quantity':
      return shape === 'quantity' ? '999Ti' : { storage: '999Ti' };
    case 'one-of':
      return typeof rule.values[0] === 'boolean' ? !rule.values[0] : 'something-else';
    case 'each-one-of':
      return ['something-else'];
    case 'max-bytes':
      return shape === 'string' || shape === 'scalar' ? 'x'.repeat(rule.max + 1) : undefined;
    case 'pattern':
      return shape === 'string' || shape === 'scalar' ? '\u00fc ber' : undefined;
    case 'template-name':
    case 'volume-name':
      return 'nowhere';
    case 'no-template':
      return shape === 'string' ? '{{inputs.parameters.own}}' : undefined;
    default:
      return undefined;
  }
}
