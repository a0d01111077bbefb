import { Yaml } from 'cdk8s';
import { isShared } from '../../constructs/object-template';
import type { KubeObject } from '../../core/kube-object';

/** Texts that YAML 1.1 writes without quotes; others may be too, but that is for the library to say. */
const PLAIN = /^[A-Za-z](?:[A-Za-z0-9_./:-]*[A-Za-z0-9_/])?$/;
/** What begins with a letter and is no text in YAML 1.1: words, and to the library an exponent without its number. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|e\d+)$/i;
const INDENT = '  ';

/** Texts of shared trees, by the depth they stand at. */
const sharedBlocks = new WeakMap<object, string[]>();

/**
 * An object, a tree of JSON, as one YAML document: the same to the byte as cdk8s writes it, in a fraction of its time.
 * Trees that many objects share are written once; what needs quotes or lines of its own is left to cdk8s.
 */
export function yamlText(object: KubeObject): string {
  return block(object, 0);
}

/** A collection that is not empty. The first of its lines has no indent, for it may follow a dash. */
function block(collection: object, depth: number): string {
  if (!isShared(collection)) return makeBlock(collection, depth);
  const known = sharedBlocks.get(collection) ?? [];
  sharedBlocks.set(collection, known);
  known[depth] ??= makeBlock(collection, depth);
  return known[depth];
}

function makeBlock(collection: object, depth: number): string {
  const entries = Array.isArray(collection)
    ? collection.map((item) => itemText(item, depth))
    : Object.entries(collection).map(([key, value]) => fieldText(key, value, depth));
  return entries.join(INDENT.repeat(depth));
}

function itemText(item: unknown, depth: number): string {
  if (isFull(item)) return `- ${block(item, depth + 1)}`;
  const text = plainText(item);
  return text === undefined ? byLibrary([item], depth) : `- ${text}\n`;
}

function fieldText(key: string, value: unknown, depth: number): string {
  if (!isPlain(key)) return byLibrary({ [key]: value }, depth);
  if (isFull(value)) return `${key}:\n${INDENT.repeat(depth + 1)}${block(value, depth + 1)}`;
  const text = plainText(value);
  return text === undefined ? byLibrary({ [key]: value }, depth) : `${key}: ${text}\n`;
}

/** Whether a value is a collection that holds anything. */
const isFull = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** What is written as it is, on the line it stands on; undefined when the library has to say. */
function plainText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return isPlain(value) ? value : undefined;
    case 'boolean':
      return String(value);
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined;
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? '[]' : '{}';
    default:
      return undefined;
  }
}

const isPlain = (text: string): boolean => PLAIN.test(text) && !WORD.test(text);

/** A collection at a depth as the library writes it there: how a text is broken into lines depends on it. */
function byLibrary(collection: object, depth: number): string {
  let nested = collection;
  for (let level = 0; level < depth; level++) nested = { nested };
  return Yaml.stringify(nested)
    .split('\n')
    .slice(depth)
    .join('\n')
    .slice(INDENT.length * depth);
}
