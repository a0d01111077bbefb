import type { ClusterIndex } from '../cluster-index';
import type { ObjectChange } from '../object-change';

/** Kinds of danger and their headings, in the order in which a review lists them. */
export const DANGER_TITLES = {
  delete: 'Deleted',
  replace: 'Replaced: deleted and made anew',
  trust: 'Trust widened',
  rbac: 'Rights widened (RBAC)',
  secrets: 'Secret reach widened',
  network: 'Network reach widened',
  privilege: 'Pod privileges widened',
  admission: 'Admission loosened',
  image: 'Images from elsewhere, or unpinned',
  quota: 'Quotas cut below use, or by an unknown use',
  crd: 'Custom resource definitions changed',
  priority: 'Priorities changed',
  storage: 'Storage classes changed',
} as const;
export type DangerKind = keyof typeof DANGER_TITLES;
export const DANGER_KINDS = Object.keys(DANGER_TITLES) as DangerKind[];

/** Something a reviewer must have seen. */
export interface Danger {
  readonly kind: DangerKind;
  /** `group/Kind`, namespace (empty: of the cluster) and name of the object; absent: it is about the program. */
  readonly object?: { readonly kind: string; readonly namespace: string; readonly name: string };
  /** What gets worse, without the object's name and namespace: equal dangers of many objects are shown once. */
  readonly what: string;
  /** What is peculiar to this object, such as its use. */
  readonly note?: string;
}

/** What a rule may ask beside the change itself. */
export interface DangerContext {
  readonly before: ClusterIndex;
  readonly after: ClusterIndex;
}

/** Finds the dangers of one kind in one change. Pure. */
export type DangerRule = (change: ObjectChange, context: DangerContext) => readonly Danger[];

/** A danger of the changed object. */
export function danger(kind: DangerKind, change: ObjectChange, what: string, note?: string): Danger {
  const object = { kind: change.kind, namespace: change.namespace, name: change.name };
  return { kind, object, what, ...(note === undefined ? {} : { note }) };
}
