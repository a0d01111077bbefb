import type { ApiStatus } from './api-server';
import { type JsonObject, type Path, pathText, related } from './json';

/**
 * Fields that make a new object of each kind, for when the server cannot be asked. It is asked whenever it can: it
 * knows more kinds, and exceptions such as a claim that may grow.
 */
const IMMUTABLE: Readonly<Record<string, readonly Path[]>> = {
  'apps/v1 Deployment': [['spec', 'selector']],
  'apps/v1 DaemonSet': [['spec', 'selector']],
  'apps/v1 StatefulSet': [
    ['spec', 'selector'],
    ['spec', 'serviceName'],
    ['spec', 'podManagementPolicy'],
    ['spec', 'volumeClaimTemplates'],
  ],
  'batch/v1 Job': [
    ['spec', 'selector'],
    ['spec', 'template'],
    ['spec', 'completionMode'],
  ],
  'rbac.authorization.k8s.io/v1 RoleBinding': [['roleRef']],
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': [['roleRef']],
  'scheduling.k8s.io/v1 PriorityClass': [['value'], ['preemptionPolicy']],
  'storage.k8s.io/v1 StorageClass': [['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']],
  'v1 PersistentVolumeClaim': [
    ['spec', 'accessModes'],
    ['spec', 'storageClassName'],
    ['spec', 'volumeMode'],
    ['spec', 'volumeName'],
  ],
  'v1 Secret': [['type']],
};

/** Fields that name the object: another value is another object. */
const IDENTITY: readonly Path[] = [['apiVersion'], ['kind'], ['metadata', 'name'], ['metadata', 'namespace']];

export interface MutabilityOptions {
  /** False, upstream's default: new data makes a new ConfigMap. */
  readonly configMapMutable: boolean;
  /** False, upstream's default: new data makes a new Secret. */
  readonly secretMutable: boolean;
}

const DATA: readonly Path[] = [['data'], ['binaryData'], ['stringData']];

/** Fields of an object whose change replaces it whatever the server says: its name, and data that upstream replaces. */
export function replacingFields(object: JsonObject, options: MutabilityOptions): readonly Path[] {
  const kind = `${object['apiVersion']} ${object['kind']}`;
  const frozen = object['immutable'] === true;
  const mutable = kind === 'v1 ConfigMap' ? options.configMapMutable : options.secretMutable;
  const dataReplaces = (kind === 'v1 ConfigMap' || kind === 'v1 Secret') && (frozen || !mutable);
  return dataReplaces ? [...IDENTITY, ...DATA] : IDENTITY;
}

/** Fields that are known not to change, for when the server was not asked. */
export const knownImmutableFields = (object: JsonObject): readonly Path[] =>
  IMMUTABLE[`${object['apiVersion']} ${object['kind']}`] ?? [];

/** Whether a change at `path` touches one of `fields`. */
export const touches = (path: Path, fields: readonly Path[]): boolean => fields.some((field) => related(path, field));

const SAYS_IMMUTABLE =
  /immutable|may not (?:be )?change|cannot (?:be )?change|updates to .+ forbidden|changing .+ (?:forbidden|not allowed)/i;

/**
 * Fields the server refuses to change, out of its 422 to a dry run; undefined when that is not why it refused. A
 * StatefulSet's refusal names only `spec`, so what changed there is looked up by the caller.
 */
export function immutableFieldsIn(status: ApiStatus): readonly string[] | undefined {
  const causes = status.details.causes.filter((cause) => SAYS_IMMUTABLE.test(cause.message));
  if (causes.length === 0 || causes.length < status.details.causes.length) {
    return causes.length === 0 && SAYS_IMMUTABLE.test(status.message) ? [] : undefined;
  }
  return causes.map((cause) => cause.field).filter((field) => field !== '');
}

/** Whether a field as the server names it (`spec.template`, `data[a.b]`) lies at, above or below `path`. */
export function isField(path: Path, field: string): boolean {
  const text = pathText(path);
  return text === field || text.startsWith(`${field}.`) || text.startsWith(`${field}[`) || field.startsWith(`${text}.`);
}
