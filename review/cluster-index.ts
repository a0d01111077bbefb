import type { KubeObject } from '../core/kube-object';
import { ClusterObject, kindOf, PROJECTS } from './cluster-object';
import type { RenderedLines } from './compare-clusters';
import { sorted } from './json';
import { maskSecrets } from './mask';

/** Questions about a whole cluster, answered when asked: most reviews ask few of them. */
export interface ClusterIndex {
  /** Every object of a kind, as `group/Kind`. */
  ofKind(kind: string): readonly ClusterObject[];
  /** Whether another project's namespace holds the same object, the namespace's own name aside. */
  hasTwin(object: KubeObject): boolean;
}

/** An index of a rendered cluster. */
export class LinesIndex implements ClusterIndex {
  private readonly kinds = new Map<string, readonly ClusterObject[]>();
  private readonly twins = new Map<string, ReadonlySet<string>>();

  constructor(private readonly lines: RenderedLines) {}

  ofKind(kind: string): readonly ClusterObject[] {
    let found = this.kinds.get(kind);
    if (found === undefined) {
      // Reading 30,000 lines to find twenty is most of a second; the text that each of them holds is found at once.
      const mention = `"kind":${JSON.stringify(kind.slice(kind.indexOf('/') + 1))}`;
      found = this.lines
        .filter((line) => line.includes(mention))
        .map((line) => ClusterObject.parse(JSON.parse(line)))
        .filter(({ object }) => kindOf(object) === kind)
        .map((line) => ({ ...line, object: maskSecrets(line.object) }));
      this.kinds.set(kind, found);
    }
    return found;
  }

  hasTwin(object: KubeObject): boolean {
    const kind = kindOf(object);
    let known = this.twins.get(kind);
    if (known === undefined) {
      const projects = this.ofKind(kind).filter(({ origin }) => origin === PROJECTS);
      known = new Set(projects.map((line) => withoutNamespace(line.object)));
      this.twins.set(kind, known);
    }
    return known.has(withoutNamespace(object));
  }
}

/** An index of the given objects. */
export const indexOf = (objects: readonly ClusterObject[]): ClusterIndex =>
  new LinesIndex(objects.map((object) => JSON.stringify(object)));

/** The object as text with its namespace's name blanked, wherever it stands. */
export function withoutNamespace(object: KubeObject): string {
  const namespace = object.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace;
  const text = JSON.stringify(sorted(object));
  return namespace === undefined ? text : text.replaceAll(namespace, '<namespace>');
}
