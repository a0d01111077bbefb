import { isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { Limit } from '../../../core/workflow-policy/limits';
import type { FieldPolicy, PolicyTable, Rule, Shape, TypePolicy } from '../../../core/workflow-policy/policy';
import { type Findings, quote } from './sanitize-findings';
import type { JsonValue } from './sanitize-json';
import { ruleProblem, templateProblem } from './sanitize-rules';
import { scalarAs } from './sanitize-scalar';
import { suggestion } from './sanitize-suggestion';
import type { ParsedYaml } from './sanitize-yaml';

/** Something was wrong here and has been said; what is above goes on. */
const REFUSED = Symbol('refused');
type Walked = JsonValue | typeof REFUSED;

/** Offsets of everything kept, by path such as `spec.templates[0].name`. */
export type Positions = ReadonlyMap<string, number>;

/** Walks a document along the table and builds what may stay. */
export class TableWalk {
  readonly positions = new Map<string, number>();
  private nodes = 0;
  private readonly findings: Findings;

  constructor(
    private readonly table: PolicyTable,
    private readonly yaml: ParsedYaml,
  ) {
    this.findings = yaml.findings;
  }

  /** The document as the type says, without what is dropped; meaningless when there are findings. */
  run(root: Node, type: string): JsonValue {
    const value = this.value(root, { object: type }, '', 0);
    return value === REFUSED ? null : value;
  }

  private refuse(path: string, node: Node, message: string): typeof REFUSED {
    this.findings.add({ path, offset: node.range?.[0] ?? 0 }, message);
    return REFUSED;
  }

  private value(given: Node, shape: Shape, path: string, depth: number): Walked {
    const node = this.yaml.follow(given);
    if (node === undefined) {
      return REFUSED;
    }
    this.nodes++;
    if (this.nodes > Limit.nodes || depth > Limit.depth) {
      return this.refuse(
        path,
        given,
        `the definition is larger or deeper than allowed here; split it or use fewer aliases`,
      );
    }
    this.positions.set(path, given.range?.[0] ?? 0);
    if (typeof shape === 'string') {
      return this.plain(node, shape, path, depth);
    }
    if ('list' in shape) {
      return this.list(node, shape.list, path, depth);
    }
    return 'map' in shape ? this.map(node, shape.map, path, depth) : this.object(node, shape.object, path, depth);
  }

  private list(node: Node, item: Shape, path: string, depth: number): Walked {
    if (!isSeq<Node>(node)) {
      return this.refuse(path, node, `${path} is ${kindOf(node)}, allowed is a list; begin each entry with - `);
    }
    const items = node.items.map((entry, index) => this.value(entry, item, `${path}[${index}]`, depth + 1));
    return items.filter((entry): entry is JsonValue => entry !== REFUSED);
  }

  private map(node: Node, shape: Shape, path: string, depth: number): Walked {
    if (!isMap<Node, Node | null>(node)) {
      return this.refuse(path, node, `${path} is ${kindOf(node)}, allowed is a map of names and values`);
    }
    const entries: [string, JsonValue][] = [];
    for (const pair of node.items) {
      const key = this.key(pair, path);
      if (key === undefined || pair.value === null) {
        continue;
      }
      const value = this.value(pair.value, shape, `${path}.${key}`, depth + 1);
      if (value !== REFUSED) {
        entries.push([key, value]);
      }
    }
    return Object.fromEntries(entries);
  }

  private object(node: Node, typeName: string, path: string, depth: number): Walked {
    const type = this.table[typeName];
    if (type === undefined) {
      throw new Error(`the table has no type ${typeName}; add it to core/workflow-policy`);
    }
    if (!isMap<Node, Node | null>(node)) {
      const what = path === '' ? 'the file' : path;
      return this.refuse(path, node, `${what} is ${kindOf(node)}, allowed are the fields of ${type.schema}`);
    }
    const given = new Map<string, Pair<Node, Node | null>>();
    for (const pair of node.items) {
      const key = this.key(pair, path);
      if (key !== undefined) {
        given.set(key, pair);
      }
    }
    const at = (field: string) => (path === '' ? field : `${path}.${field}`);
    const entries = [...given].flatMap(([key, pair]): [string, JsonValue][] => {
      const value = this.field(type, key, pair, at(key), depth);
      return value === REFUSED ? [] : [[key, value]];
    });
    for (const field of (type.required ?? []).filter((name) => !given.has(name))) {
      this.refuse(at(field), node, `${at(field)} is missing; ${requiredCure(field)}`);
    }
    return Object.fromEntries(entries);
  }

  private key(pair: Pair<Node, Node | null>, path: string): string | undefined {
    const node = this.yaml.follow(pair.key);
    if (node !== undefined && isScalar(node) && typeof node.value === 'string') {
      return node.value;
    }
    if (node !== undefined) {
      this.refuse(
        `${path}.?`,
        pair.key,
        `a key of ${path === '' ? 'the file' : path} is ${kindOf(node)}, allowed is text; quote it`,
      );
    }
    return undefined;
  }

  private field(type: TypePolicy, key: string, pair: Pair<Node, Node | null>, path: string, depth: number): Walked {
    const policy = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
    if (policy === undefined) {
      return this.refuse(
        path,
        pair.key,
        `${path} is no field that is known here${suggestion(type, key)}; remove it or correct its name`,
      );
    }
    const refused = policy.decision === 'deny' || (policy.decision === 'force' && policy.whenSet === 'refuse');
    if (refused) {
      const whose = policy.decision === 'deny' ? 'is not allowed' : 'is set by Seakeeper';
      return this.refuse(
        path,
        pair.key,
        `${path} ${whose} (here ${shown(pair.value)}): ${policy.reason ?? ''}; remove it`,
      );
    }
    if (policy.shape === undefined || pair.value === null || isNull(this.yaml, pair.value)) {
      // Dropped: stripped, overwritten, or `key:` with nothing after it, which Argo reads as absent too.
      return REFUSED;
    }
    const value = this.value(pair.value, policy.shape, path, depth + 1);
    return value === REFUSED ? REFUSED : this.rules(policy, value, path, pair.value);
  }

  private rules(policy: FieldPolicy, value: JsonValue, path: string, node: Node): Walked {
    let kept = value;
    for (const rule of policy.rules ?? []) {
      if (rule.kind === 'keys') {
        kept = this.keys(rule, kept, path, node);
        continue;
      }
      const problem = ruleProblem(rule, kept);
      if (problem !== undefined) {
        return this.refuse(path, node, `${path} ${problem}: ${policy.reason ?? ''}; correct it`);
      }
    }
    return kept;
  }

  private keys(rule: Extract<Rule, { kind: 'keys' }>, value: JsonValue, path: string, node: Node): JsonValue {
    const entries = Object.entries(value ?? {}).filter(([key]) => {
      if (new RegExp(rule.keep).test(key)) {
        return true;
      }
      if (rule.refuse !== undefined && new RegExp(rule.refuse).test(key)) {
        const offset = this.positions.get(`${path}.${key}`) ?? node.range?.[0] ?? 0;
        this.findings.add(
          { path: `${path}.${key}`, offset },
          `${path} has ${quote(key)}, allowed are ${rule.means}; remove it`,
        );
      }
      return false;
    });
    return Object.fromEntries(entries);
  }

  private plain(node: Node, shape: Extract<Shape, string>, path: string, depth: number): Walked {
    if (shape === 'json') {
      return this.json(node, path, depth);
    }
    if (shape === 'empty') {
      return isMap(node) && node.items.length === 0
        ? {}
        : this.refuse(path, node, `${path} is ${kindOf(node)}, allowed is {}`);
    }
    if (!isScalar(node)) {
      return this.refuse(path, node, `${path} is ${kindOf(node)}, allowed is ${SHAPE_WORDS[shape]}`);
    }
    const value = scalarAs(node, shape);
    if (value === undefined) {
      return this.refuse(
        path,
        node,
        `${path} is ${quote(node.value)}, allowed is ${SHAPE_WORDS[shape]}; ${shapeCure(shape)}`,
      );
    }
    const problem = typeof value === 'string' ? templateProblem(value) : undefined;
    return problem === undefined ? value : this.refuse(path, node, `${path}: ${problem}`);
  }

  private json(node: Node, path: string, depth: number): Walked {
    if (isSeq(node)) {
      return this.list(node, 'json', path, depth);
    }
    if (isMap(node)) {
      return this.map(node, 'json', path, depth);
    }
    if (isScalar(node) && (node.value === null || typeof node.value === 'boolean')) {
      return node.value;
    }
    return this.plain(node, isScalar(node) && typeof node.value === 'number' ? 'number' : 'string', path, depth);
  }
}

const SHAPE_WORDS = {
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  scalar: 'one value',
  quantity: 'a quantity such as 500m or 2Gi',
} as const;

const shapeCure = (shape: string): string => (shape === 'string' ? 'put it in quotes' : 'correct it');

function requiredCure(field: string): string {
  return field === 'command'
    ? 'write the command out: the image’s own is not looked up'
    : field === 'sizeLimit'
      ? 'say how much the step may fill, such as 1Gi'
      : 'add it';
}

function isNull(yaml: ParsedYaml, node: Node): boolean {
  return isScalar(node) && node.value === null && yaml.follow(node) !== undefined;
}

function kindOf(node: Node): string {
  if (isMap(node)) {
    return 'a map';
  }
  if (isSeq(node)) {
    return 'a list';
  }
  return isScalar(node) ? (node.value === null ? 'nothing' : quote(node.value)) : 'an alias';
}

const shown = (node: Node | null): string => (node === null ? 'nothing' : kindOf(node));
