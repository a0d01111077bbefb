import type { KubeObject } from '../core/kube-object';
import { withoutNamespace } from './cluster-index';
import { PROJECTS } from './cluster-object';
import { compareText, groupBy } from './json';
import { type ObjectChange, SIGNS } from './object-change';

/** One and the same change of the same object in several namespaces. */
export interface ChangeGroup {
  /** The first of them, whose diff is shown. */
  readonly first: ObjectChange;
  /** Sorted. */
  readonly namespaces: readonly string[];
}

const ORDER = Object.keys(SIGNS).reverse();

/** Changes with equal ones together: what is replaced or deleted first, then by how many namespaces it touches. */
export function groupChanges(changes: readonly ObjectChange[]): ChangeGroup[] {
  return [...groupBy(changes, keyOf).values()]
    .flatMap((alike) => {
      const [first] = alike;
      return first === undefined ? [] : [{ first, namespaces: alike.map(placeOf).sort(compareText) }];
    })
    .sort(
      (a, b) =>
        ORDER.indexOf(a.first.op) - ORDER.indexOf(b.first.op) ||
        b.namespaces.length - a.namespaces.length ||
        compareText(
          `${a.first.kind} ${a.first.namespace} ${a.first.name}`,
          `${b.first.kind} ${b.first.namespace} ${b.first.name}`,
        ),
    );
}

function keyOf({ op, origin, source, kind, name, namespace, before, after }: ObjectChange): string {
  const own = kind === '/Namespace' ? name : namespace;
  if (origin !== PROJECTS) return JSON.stringify([op, kind, namespace, name]);
  // A project's name stands in its objects too: in labels, and in the prefix of its artifacts.
  const alike = (object: KubeObject | undefined) =>
    object === undefined ? '' : withoutNamespace(object).replaceAll(JSON.stringify(source).slice(1, -1), '<project>');
  return [op, kind, name.replaceAll(own, '<namespace>'), alike(before), alike(after)].join('\n');
}

/** A namespace stands in itself. */
const placeOf = ({ kind, namespace, name }: ObjectChange): string => (kind === '/Namespace' ? name : namespace);
