import { createHash } from 'node:crypto';
import type { KubeObject } from '../../../../core/kube-object';
import { parseQuantity } from '../../../../core/quantity';

type Fields = Record<string, unknown>;

/** Kinds a project's namespace is made of, as the API server lists them. */
export const PROJECT_KINDS = [
  { apiVersion: 'v1', kind: 'Namespace' },
  { apiVersion: 'v1', kind: 'ServiceAccount' },
  { apiVersion: 'v1', kind: 'ResourceQuota' },
  { apiVersion: 'v1', kind: 'LimitRange' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' },
] as const;

/** What the API server or the controller-manager adds to whatever was applied. */
const ADDED_LABEL = 'kubernetes.io/metadata.name';
const ADDED_OBJECTS: ReadonlySet<string> = new Set(['ServiceAccount/default', 'ConfigMap/kube-root-ca.crt']);

/** Whether the controller-manager makes such an object in every namespace. */
export const isControllerManagers = ({ kind, metadata }: KubeObject): boolean =>
  ADDED_OBJECTS.has(`${kind}/${metadata.name}`);

/**
 * What an object says, in one spelling: keys sorted, quantities as numbers, nothing empty, and nothing that only the API
 * server writes. Two objects that mean the same have the same text, whether rendered or read.
 */
export function canonicalText(object: KubeObject): string {
  const { apiVersion, kind, metadata, ...rest } = object;
  const { status: _status, ...said } = rest;
  // Its spec holds one finalizer of the API server's own.
  const body = kind === 'Namespace' ? {} : said;
  const labels = Object.fromEntries(Object.entries(fields(metadata['labels'])).filter(([key]) => key !== ADDED_LABEL));
  const { name, namespace } = metadata;
  const annotations = fields(metadata['annotations']);
  const isQuantity = kind === 'ResourceQuota' || kind === 'LimitRange';
  return JSON.stringify(
    spell({ apiVersion, kind, metadata: { name, namespace, labels, annotations }, ...body }, isQuantity),
  );
}

/** A hash of a whole set, whatever its order: each text's hash, sorted, hashed. */
export class SetHash {
  private readonly hashes: string[] = [];

  add(text: string): void {
    this.hashes.push(createHash('sha256').update(text).digest('hex'));
  }

  get size(): number {
    return this.hashes.length;
  }

  digest(): string {
    return createHash('sha256').update(this.hashes.sort().join('\n')).digest('hex');
  }
}

function spell(value: unknown, isQuantity: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => spell(item, isQuantity));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .map(([key, inner]): [string, unknown] => [key, spell(inner, isQuantity)])
      .filter(([, inner]) => !isEmpty(inner))
      .sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(entries);
  }
  return isQuantity ? quantityOr(value) : value;
}

function quantityOr(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  try {
    return parseQuantity(String(value));
  } catch {
    return value;
  }
}

/** `podSelector: {}` says "every pod" and is kept; what the API server leaves out when empty is not. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
