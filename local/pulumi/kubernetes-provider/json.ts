/** Plain data, as it travels to the API server. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Where a value sits inside an object. */
export type Path = readonly (string | number)[];

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** The value at `path`; undefined when there is none. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let at = value;
  for (const step of path) {
    if (typeof step === 'number') at = isList(at) ? at[step] : undefined;
    else at = isObject(at) ? at[step] : undefined;
  }
  return at;
}

/** `value` with `replacement` at `path`, or without that member when it is undefined. Missing parents are made. */
export function withValueAt(value: JsonObject, path: Path, replacement: Json | undefined): JsonObject {
  const changed = replace(value, path, replacement);
  return isObject(changed) ? changed : {};
}

function replace(value: Json | undefined, path: Path, replacement: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (typeof step === 'number') {
    const list = isList(value) ? [...value] : [];
    const element = replace(list[step], rest, replacement);
    if (element === undefined) list.splice(step, 1);
    else list[step] = element;
    return list;
  }
  const object: Record<string, Json> = isObject(value) ? { ...value } : {};
  const member = replace(object[step], rest, replacement);
  if (member === undefined) delete object[step];
  else object[step] = member;
  return object;
}

/** `value` without the named members. */
export function without(value: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

const PLAIN_NAME = /^[A-Za-z_$][\w$-]*$/;

/** A path as the engine and its users write it: `spec.containers[0].image`, `metadata.labels["a.b/c"]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (PLAIN_NAME.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** Whether one path lies at, above or below the other, looking no further than the first list on either. */
export function related(a: Path, b: Path): boolean {
  for (const [index, step] of a.entries()) {
    const other = b[index];
    if (other === undefined || typeof step === 'number' || typeof other === 'number') return true;
    if (step !== other) return false;
  }
  return true;
}
