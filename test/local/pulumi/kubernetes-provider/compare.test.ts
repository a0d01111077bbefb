import fc from 'fast-check';
import { differences } from '../../../../local/pulumi/kubernetes-provider/compare';
import {
  isObject,
  type Json,
  pathText,
  related,
  valueAt,
  withValueAt,
} from '../../../../local/pulumi/kubernetes-provider/json';

const told = (from: Json, to: Json) => differences(from, to).map(({ path, kind }) => `${kind} ${pathText(path)}`);

test.each<[string, Json, Json, string[]]>([
  ['nothing in equals', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
  ['a changed leaf by its path', { a: { b: 1 } }, { a: { b: 2 } }, ['update a.b']],
  ['an added branch once, at its root', {}, { a: { b: { c: 1 } } }, ['add a']],
  ['a removed branch once, at its root', { a: { b: { c: 1 } } }, { a: {} }, ['delete a.b']],
  ['list elements by position', { a: [1, 2, 3] }, { a: [1, 5] }, ['update a[1]', 'delete a[2]']],
  ['a change of shape as one', { a: [1] }, { a: { b: 1 } }, ['update a']],
])('finds %s', (_, from, to, expected) => {
  expect(told(from, to)).toEqual(expected);
});

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

test('a value never differs from itself, and always from another', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(differences(a, a)).toEqual([]);
      expect(differences(a, b).length === 0).toBe(JSON.stringify(normal(a)) === JSON.stringify(normal(b)));
    }),
  );
});

/** Members in a fixed order, and no -0, which JSON does not tell from 0. */
function normal(value: Json): Json {
  if (Array.isArray(value)) return value.map(normal);
  if (isObject(value)) {
    const names = Object.keys(value).sort();
    return Object.fromEntries(names.map((name) => [name, normal(value[name] ?? null)]));
  }
  return Object.is(value, -0) ? 0 : value;
}

test('what is put at a path is found there', () => {
  const changed = withValueAt({ a: [{ b: 1 }, { b: 2 }] }, ['a', 1, 'b'], 3);

  expect(valueAt(changed, ['a', 1, 'b'])).toBe(3);
  expect(valueAt(changed, ['a', 0, 'b'])).toBe(1);
  expect(withValueAt({ a: { b: 1 } }, ['a', 'b'], undefined)).toEqual({ a: {} });
  expect(withValueAt({}, ['x', 'y'], 1)).toEqual({ x: { y: 1 } });
});

test('paths are related when one holds the other, or both lie in the same list', () => {
  expect(related(['a'], ['a', 'b'])).toBe(true);
  expect(related(['a', 'b'], ['a', 'c'])).toBe(false);
  expect(related(['a', 0, 'b'], ['a', 1, 'c'])).toBe(true);
});
