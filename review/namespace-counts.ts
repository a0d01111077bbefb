import { PROJECTS } from './cluster-object';
import { compareText, groupBy } from './json';
import { type ChangeOp, type ObjectChange, SIGNS } from './object-change';
import { count } from './quoted';

/** How many objects are created, updated, deleted and replaced. */
export type OpCounts = Readonly<Record<ChangeOp, number>>;

/** Counts of one namespace, or of several project namespaces that have the same ones. */
export interface NamespaceCounts {
  /** Sorted; an empty name is the cluster itself. */
  readonly namespaces: readonly string[];
  readonly isProject: boolean;
  /** Of each of them. */
  readonly each: OpCounts;
}

/** How many of the changes are of each kind. */
export function countOps(changes: readonly ObjectChange[]): OpCounts {
  const counts = { create: 0, update: 0, delete: 0, replace: 0 };
  for (const { op } of changes) counts[op] += 1;
  return counts;
}

/** As people write them: `+12 ~3 −0 ±1`. */
export const describeCounts = (counts: OpCounts): string =>
  (['create', 'update', 'delete', 'replace'] as const).map((op) => `${SIGNS[op]}${count(counts[op])}`).join(' ');

/** Counts by namespace: the cluster, then the system's, then the projects', equal ones together, most first. */
export function countByNamespace(changes: readonly ObjectChange[]): NamespaceCounts[] {
  const groups = [...groupBy(changes, namespaceOf)].map(([namespace, its]) => ({
    namespace,
    isProject: its.every(({ origin }) => origin === PROJECTS),
    each: countOps(its),
  }));
  const joined = groupBy(groups, ({ namespace, isProject, each }) =>
    isProject ? describeCounts(each) : `${namespace}|`,
  );
  return [...joined.values()]
    .flatMap((alike) => {
      const [first] = alike;
      return first === undefined
        ? []
        : [
            {
              namespaces: alike.map(({ namespace }) => namespace).sort(compareText),
              isProject: first.isProject,
              each: first.each,
            },
          ];
    })
    .sort(
      (a, b) =>
        Number(a.isProject) - Number(b.isProject) ||
        b.namespaces.length - a.namespaces.length ||
        compareText(a.namespaces[0] ?? '', b.namespaces[0] ?? ''),
    );
}

/** A namespace counts as part of itself. */
const namespaceOf = ({ kind, namespace, name }: ObjectChange): string => (kind === '/Namespace' ? name : namespace);
