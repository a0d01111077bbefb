import { isDeepStrictEqual } from 'node:util';
import { type Fields, isFields } from '../core/json-objects';

export { type Fields, isFields, objectsIn } from '../core/json-objects';

/** The value when it is a JSON object; else one without fields. */
export const fields = (value: unknown): Fields => (isFields(value) ? value : {});

/** The value when it is a list; else an empty one. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The strings of a list; what is none is left out. */
export const strings = (value: unknown): string[] =>
  list(value).filter((item): item is string => typeof item === 'string');

/** The value at a path; undefined where there is none. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => fields(inner)[key], value);

/** Whether two values hold the same, in whatever order their keys stand. An absent field is an undefined one. */
export const same = (one: unknown, other: unknown): boolean => isDeepStrictEqual(sorted(one), sorted(other));

/** The value with the keys of every object in alphabetical order and without undefined fields. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => compareText(a, b)).map(([key, inner]) => [key, sorted(inner)]));
}

/** Order of two texts by code unit: the same on every machine, whatever its language. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Items by key, in the order in which keys are first met. */
export function groupBy<Item>(items: Iterable<Item>, key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
