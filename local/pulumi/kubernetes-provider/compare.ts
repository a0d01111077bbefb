import { isList, isObject, type Json, type Path } from './json';

export type DifferenceKind = 'add' | 'delete' | 'update';

/** One place where two values are not the same. */
export interface Difference {
  readonly path: Path;
  readonly kind: DifferenceKind;
}

/** Every place where `to` differs from `from`, as deep as both go; an added or removed branch is named once, at its root. */
export function differences(from: Json, to: Json, path: Path = []): Difference[] {
  if (isObject(from) && isObject(to)) {
    const names = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...names].flatMap((name) => memberDifferences(from[name], to[name], [...path, name]));
  }
  if (isList(from) && isList(to)) {
    const length = Math.max(from.length, to.length);
    return Array.from({ length }, (_, index) => memberDifferences(from[index], to[index], [...path, index])).flat();
  }
  return from === to ? [] : [{ path, kind: 'update' }];
}

function memberDifferences(from: Json | undefined, to: Json | undefined, path: Path): Difference[] {
  if (from === undefined) return to === undefined ? [] : [{ path, kind: 'add' }];
  if (to === undefined) return [{ path, kind: 'delete' }];
  return differences(from, to, path);
}

/** Paths of all values in `value` that are not themselves objects or lists, and of empty ones. */
export function leaves(value: Json, path: Path = []): Path[] {
  const members: [string | number, Json][] = isList(value)
    ? [...value.entries()]
    : isObject(value)
      ? Object.entries(value)
      : [];
  return members.length === 0 ? [path] : members.flatMap(([step, member]) => leaves(member, [...path, step]));
}
