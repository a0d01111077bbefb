/** An object of JSON, read with care: every field may be anything. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Visits every object inside a value, itself included, with the key it stands under. */
export function* objectsIn(value: unknown, key = ''): Generator<{ readonly key: string; readonly value: Fields }> {
  if (Array.isArray(value)) {
    for (const item of value) yield* objectsIn(item, key);
    return;
  }
  if (!isFields(value)) return;
  yield { key, value };
  for (const [name, inner] of Object.entries(value)) yield* objectsIn(inner, name);
}
