import { ClusterObject, identityOf } from './cluster-object';
import { replacingFields } from './immutable-fields';
import { compareText, same, sorted } from './json';
import { maskSecrets } from './mask';
import { compareChanges, type ObjectChange, objectChange } from './object-change';

/** A rendered cluster: one `ClusterObject` a line, as JSON. Kept as text, for most of two clusters is equal. */
export type RenderedLines = readonly string[];

/**
 * What differs between two rendered clusters, in the order of `compareChanges`. An object that is made under another name
 * and is otherwise the one deleted is a replacement. Throws when a differing line is no object.
 */
export function compareClusters(before: RenderedLines, after: RenderedLines): ObjectChange[] {
  const was = differing(before, new Set(after));
  const is = differing(after, new Set(before));
  const changes: ObjectChange[] = [];
  for (const [identity, { origin, source, object }] of is) {
    const old = was.get(identity)?.object;
    if (old === undefined) {
      changes.push(objectChange({ op: 'create', origin, source, after: object }));
    } else if (!same(old, object)) {
      const because = replacingFields(old, object);
      const op = because.length > 0 ? 'replace' : 'update';
      changes.push(
        objectChange({ op, origin, source, before: old, after: object, ...(op === 'replace' ? { because } : {}) }),
      );
    }
  }
  for (const [identity, { origin, source, object }] of was) {
    if (!is.has(identity)) changes.push(objectChange({ op: 'delete', origin, source, before: object }));
  }
  return joinRenamed(changes).sort(compareChanges);
}

function differing(lines: RenderedLines, others: ReadonlySet<string>): Map<string, ClusterObject> {
  const found = new Map<string, ClusterObject>();
  for (const line of lines) {
    if (others.has(line)) continue;
    const parsed = ClusterObject.parse(JSON.parse(line));
    found.set(identityOf(parsed.object), { ...parsed, object: maskSecrets(parsed.object) });
  }
  return found;
}

/** Makes one replacement of each pair of a deletion and a creation that differ in nothing but the name. */
function joinRenamed(changes: readonly ObjectChange[]): ObjectChange[] {
  const deleted = new Map<string, ObjectChange[]>();
  for (const change of changes.filter(({ op }) => op === 'delete').sort((a, b) => compareText(a.name, b.name))) {
    const alike = nameless(change);
    deleted.set(alike, [...(deleted.get(alike) ?? []), change]);
  }
  const joined = new Set<ObjectChange>();
  const created = changes.filter(({ op }) => op === 'create').sort((a, b) => compareText(a.name, b.name));
  const replacements = created.flatMap((change) => {
    const old = deleted.get(nameless(change))?.shift();
    if (old?.before === undefined) return [];
    joined.add(change).add(old);
    return [{ ...change, op: 'replace', before: old.before, because: ['metadata.name'] } as const];
  });
  return [...changes.filter((change) => !joined.has(change)), ...replacements];
}

function nameless({ kind, namespace, source, before, after, name }: ObjectChange): string {
  // A name is also a label of its object, and often part of its own fields.
  return `${kind}|${namespace}|${source}|${JSON.stringify(sorted(before ?? after)).replaceAll(JSON.stringify(name), '"<name>"')}`;
}
