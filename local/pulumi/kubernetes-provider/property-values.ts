import { isList, isObject, type Json, type JsonObject, type Path, related } from './json';

/** Pulumi's marks, fixed by its protocol. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
/** Stands in a preview for a value that only an update will know. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** A resource's properties with Pulumi's marks taken off. */
export interface PropertyValues {
  /** Plain data; an unknown value is still the `UNKNOWN` text. */
  readonly value: JsonObject;
  /** Where secrets were. */
  readonly secrets: readonly Path[];
  readonly unknowns: readonly Path[];
}

/** Takes Pulumi's marks off properties as they come over the wire. Throws on assets and other values with no JSON form. */
export function decodeProperties(encoded: unknown): PropertyValues {
  const secrets: Path[] = [];
  const unknowns: Path[] = [];

  function decode(value: unknown, path: Path): Json {
    if (value === UNKNOWN) {
      unknowns.push(path);
      return UNKNOWN;
    }
    if (Array.isArray(value)) return value.map((element, index) => decode(element, [...path, index]));
    if (typeof value === 'object' && value !== null) return decodeObject(value, path);
    if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') {
      return value;
    }
    throw new Error(`property ${path.join('.')} holds a ${typeof value}, allowed is plain data`);
  }

  function decodeObject(value: object, path: Path): Json {
    const members = new Map(Object.entries(value));
    const signature = members.get(SIGNATURE);
    if (signature === SECRET) {
      secrets.push(path);
      return decode(members.get('value') ?? null, path);
    }
    if (signature !== undefined) {
      throw new Error(`property ${path.join('.')} holds an asset or a resource, allowed is plain data`);
    }
    const entries = [...members].filter(([, member]) => member !== undefined);
    return Object.fromEntries(entries.map(([name, member]) => [name, decode(member, [...path, name])]));
  }

  const value = decode(encoded ?? {}, []);
  return { value: isObject(value) ? value : {}, secrets, unknowns };
}

/** Puts secret marks back, at each path that exists. A secret inside another is marked once, outside. */
export function encodeProperties(value: JsonObject, secrets: readonly Path[]): JsonObject {
  const marked = secrets.map((path) => path.join('\0'));

  function encode(part: Json, path: Path): Json {
    if (path.length > 0 && marked.includes(path.join('\0'))) return { [SIGNATURE]: SECRET, value: part };
    if (isList(part)) return part.map((element, index) => encode(element, [...path, index]));
    if (!isObject(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, encode(member, [...path, name])]));
  }

  const encoded = marked.length === 0 ? value : encode(value, []);
  return isObject(encoded) ? encoded : {};
}

/**
 * Where secrets are in an object the server made from inputs with secrets at `secrets`. The server may reorder a list,
 * so a secret in one makes the whole list secret.
 */
export function secretsInOutput(secrets: readonly Path[]): Path[] {
  return secrets.map((path) => {
    const list = path.findIndex((step) => typeof step === 'number');
    return list === -1 ? path : path.slice(0, list);
  });
}

/** Whether anything at, above or below `path` is secret. */
export const touchesSecret = (path: Path, secrets: readonly Path[]): boolean =>
  secrets.some((secret) => related(path, secret));

/** Shortest text worth hiding: shorter ones are words that appear by themselves. */
const SHORTEST_SECRET = 4;

/** A function that blanks out the secret values of a resource in a message. */
export function redactor(values: PropertyValues): (message: string) => string {
  const texts = new Set<string>();
  for (const path of values.secrets) collectTexts(path.reduce<Json | undefined>(step, values.value), texts);
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return (message) => longestFirst.reduce((text, secret) => text.replaceAll(secret, '[secret]'), message);
}

function step(value: Json | undefined, name: string | number): Json | undefined {
  if (typeof name === 'number') return isList(value) ? value[name] : undefined;
  return isObject(value) ? value[name] : undefined;
}

function collectTexts(value: Json | undefined, texts: Set<string>): void {
  if (typeof value === 'string' && value.length >= SHORTEST_SECRET) {
    texts.add(value);
    texts.add(Buffer.from(value).toString('base64'));
  } else if (isList(value)) {
    for (const element of value) collectTexts(element, texts);
  } else if (isObject(value)) {
    for (const member of Object.values(value)) collectTexts(member, texts);
  }
}
