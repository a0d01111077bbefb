import type { KubeObject } from '../core/kube-object';
import { kindOf } from './cluster-object';
import { compareText } from './json';

/** What happens to an object. A replaced one is deleted and made anew. */
export type ChangeOp = 'create' | 'update' | 'delete' | 'replace';

/** The sign of each, as people write them. */
export const SIGNS = { create: '+', update: '~', delete: '−', replace: '±' } as const satisfies Record<
  ChangeOp,
  string
>;

/** One object that is not what it was. Secret values are masked. */
export interface ObjectChange {
  readonly op: ChangeOp;
  readonly origin: string;
  readonly source: string;
  /** `group/Kind`. */
  readonly kind: string;
  /** Empty: of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** Absent when created. */
  readonly before?: KubeObject;
  /** Absent when deleted. */
  readonly after?: KubeObject;
  /** Fields that cannot be changed in place. Set when replaced. */
  readonly because?: readonly string[];
}

/** A change of an object that has at least one side. Throws when it has none. */
export function objectChange(
  change: Pick<ObjectChange, 'op' | 'origin' | 'source' | 'before' | 'after' | 'because'>,
): ObjectChange {
  const object = change.after ?? change.before;
  if (object === undefined) throw new Error(`a change of ${change.source} has neither a before nor an after`);
  return { ...change, kind: kindOf(object), namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

/** Order of changes: cluster first, then by namespace, kind and name; the same whatever order they were found in. */
export const compareChanges = (a: ObjectChange, b: ObjectChange): number =>
  compareText(a.namespace, b.namespace) ||
  compareText(a.kind, b.kind) ||
  compareText(a.name, b.name) ||
  compareText(a.op, b.op);

/** The kind without its group, as people say it. */
export const shortKind = (kind: string): string => kind.slice(kind.indexOf('/') + 1);
