import type { SchemaNode } from './json-schema';

/** One key of stack config, as the reference lists it. */
export interface ConfigRow {
  /** From the top-level key on: `classes.<name>.executors`, `machines[].cpu`. */
  readonly path: string;
  readonly type: string;
  /** Undefined: it has none. */
  readonly default: unknown;
  readonly required: boolean;
  /** What may stand there beyond its type; empty when anything may. */
  readonly allowed: string;
  readonly meaning: string;
}

/** Every key under one, itself first, in the order of the schema. */
export function configRows(path: string, node: SchemaNode, required = node.default === undefined): ConfigRow[] {
  const row = {
    path,
    type: typeOf(node),
    default: node.default,
    required,
    allowed: allowedOf(node),
    meaning: node.description ?? '',
  };
  return [row, ...inside(path, node)];
}

function inside(path: string, node: SchemaNode): ConfigRow[] {
  if (node.oneOf !== undefined) return variants(path, node.oneOf);
  if (node.anyOf !== undefined) return forms(path, node.anyOf);
  if (node.items !== undefined) return inside(`${path}[]`, node.items);
  if (typeof node.additionalProperties === 'object') return inside(`${path}.<name>`, node.additionalProperties);
  const properties = Object.entries(node.properties ?? {});
  const alike = sharedNode(properties.map(([, property]) => property));
  if (alike !== undefined) {
    const names = properties.map(([name]) => code(name)).join(', ');
    const row = { path: `${path}.<name>`, type: typeOf(alike), default: undefined, required: true };
    return [{ ...row, allowed: '', meaning: `Each of ${names}.` }, ...inside(`${path}.<name>`, alike)];
  }
  return properties.flatMap(([name, property]) =>
    configRows(`${path}.${name}`, property, node.required?.includes(name) ?? false),
  );
}

/** Keys of the first form that has any: one of something and a list of it have the same. */
const forms = (path: string, nodes: readonly SchemaNode[]): ConfigRow[] =>
  nodes.map((node) => inside(path, node)).find((rows) => rows.length > 0) ?? [];

/** Keys of every variant, those that tell variants apart as one. */
function variants(path: string, nodes: readonly SchemaNode[]): ConfigRow[] {
  const rows = new Map<string, ConfigRow>();
  for (const node of nodes) {
    const constant = Object.values(node.properties ?? {}).find((property) => property.const !== undefined)?.const;
    for (const row of inside(path, node)) {
      const known = rows.get(row.path);
      const isConstant = row.allowed === code(String(constant));
      const meaning = isConstant
        ? `${code(String(constant))}: ${row.meaning}`
        : `${code(String(constant))} only. ${row.meaning}`;
      rows.set(
        row.path,
        known === undefined
          ? { ...row, meaning }
          : { ...known, allowed: `${known.allowed}, ${row.allowed}`, meaning: `${known.meaning} ${meaning}` },
      );
    }
  }
  return [...rows.values()];
}

/** What several objects have in common when they are all the same; undefined otherwise. */
function sharedNode(nodes: readonly SchemaNode[]): SchemaNode | undefined {
  const [first, second] = nodes;
  if (first?.properties === undefined || second === undefined) return undefined;
  const text = JSON.stringify(first);
  return nodes.every((node) => JSON.stringify(node) === text) ? first : undefined;
}

function typeOf(node: SchemaNode): string {
  const form = formOf(node);
  if (form !== undefined) return form;
  if (node.anyOf !== undefined) return node.anyOf.map(typeOf).join(' or ');
  if (node.items !== undefined) return `list of ${plural(typeOf(node.items))}`;
  if (node.oneOf !== undefined) return 'object';
  if (typeof node.additionalProperties === 'object') return `object of ${plural(typeOf(node.additionalProperties))}`;
  const names: Readonly<Record<string, string>> = { integer: 'whole number', boolean: 'true or false' };
  const type = node.type ?? 'any';
  return names[type] ?? type;
}

const plural = (type: string): string => (type.startsWith('list') ? type.replace('list', 'lists') : `${type}s`);

/** Name of the form that many places share, which has a page of its own; undefined: it is no such place. */
const formOf = ({ $ref, allOf }: SchemaNode): string | undefined =>
  ($ref ?? allOf?.find((part) => part.$ref !== undefined)?.$ref)?.split('/').at(-1);

function allowedOf(node: SchemaNode): string {
  if (node.anyOf !== undefined) return node.anyOf.map(allowedOf).find((allowed) => allowed !== '') ?? '';
  if (node.const !== undefined) return code(String(node.const));
  const values = node.enum ?? node.items?.enum;
  if (values !== undefined) return values.map((value) => code(String(value))).join(', ');
  const names = node.propertyNames;
  if (names !== undefined) {
    const allowed = allowedOf(names);
    return allowed === '' ? '' : `names: ${allowed}`;
  }
  const said = node.patternErrorMessage ?? node.items?.patternErrorMessage;
  return [said?.replace(/^must be /, ''), bounds(node), FORMATS[node.format ?? '']]
    .filter((part) => part !== undefined)
    .join('; ');
}

const FORMATS: Readonly<Record<string, string>> = { uri: 'a URL', date: 'a day, such as 2026-06-30' };

function bounds(node: SchemaNode): string | undefined {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, minItems, minLength } = node;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  const parts = [
    exclusiveMinimum === undefined ? undefined : `more than ${exclusiveMinimum}`,
    minimum === undefined ? undefined : `at least ${minimum}`,
    maximum === undefined ? undefined : `at most ${maximum}`,
    exclusiveMaximum === undefined ? undefined : `less than ${exclusiveMaximum}`,
    (minItems ?? 0) > 0 || (minLength ?? 0) > 0 ? 'not empty' : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** Text as code in Markdown. */
export const code = (text: string): string => `\`${text}\``;
