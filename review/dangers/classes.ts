import { at, fields, same } from '../json';
import { type DangerRule, danger } from './danger';

/** Fields of a PriorityClass that decide who pushes out whom; its description does not. */
const PRIORITY_FIELDS = ['value', 'preemptionPolicy', 'globalDefault'] as const;

/** Priorities that change, and new ones that stand above all that were, or hold for every pod without one. */
export const findPriorityChanges: DangerRule = (change, { before: cluster }) => {
  if (change.kind !== 'scheduling.k8s.io/PriorityClass' || change.after === undefined) return [];
  const { before, after } = change;
  if (before !== undefined) {
    const changed = PRIORITY_FIELDS.filter((field) => !same(before[field], after[field]));
    const what = changed.map(
      (field) => `${field} ${String(before[field] ?? 'unset')} → ${String(after[field] ?? 'unset')}`,
    );
    return what.length === 0 ? [] : [danger('priority', change, what.join(', '))];
  }
  const highest = Math.max(
    ...cluster.ofKind('scheduling.k8s.io/PriorityClass').map(({ object }) => Number(object['value'])),
  );
  return [
    ...(after['globalDefault'] === true
      ? [danger('priority', change, 'holds for every pod that names no priority')]
      : []),
    ...(Number(after['value']) > highest && Number.isFinite(highest)
      ? [danger('priority', change, `stands above every other: ${String(after['value'])} (highest was ${highest})`)]
      : []),
  ];
};

const DEFAULT = 'storageclass.kubernetes.io/is-default-class';

/** Storage classes that change, and new ones that become the default. */
export const findStorageChanges: DangerRule = (change) => {
  if (change.kind !== 'storage.k8s.io/StorageClass' || change.after === undefined) return [];
  const { before, after } = change;
  const [wasDefault, isDefault] = [before, after].map(
    (object) => at(object, 'metadata', 'annotations', DEFAULT) === 'true',
  );
  const names = Object.keys({ ...fields(before), ...fields(after) }).filter((name) => name !== 'metadata');
  const changed = before === undefined ? [] : names.filter((name) => !same(before[name], after[name])).sort();
  return [
    ...(wasDefault === isDefault
      ? []
      : [danger('storage', change, isDefault ? 'becomes the default' : 'is the default no longer')]),
    ...(changed.length > 0
      ? [danger('storage', change, `${changed.join(', ')} changed: new volumes are made otherwise`)]
      : []),
  ];
};
