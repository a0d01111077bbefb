import type { PolicyTable, Shape } from '../../core/workflow-policy/policy';

/** A type of the table as it is found in a document: lists in lists of its objects, `depth` of them. */
export interface Collected {
  readonly type: string;
  readonly depth: number;
  /** All objects of the type, in CEL, from the lists of the types around it. */
  readonly expression: string;
}

/** Where a type's objects are: a field of another type, and how deep in it. */
interface Parent {
  readonly type: string;
  readonly field: string;
  readonly shape: Shape;
}

/** A list of objects of a type, in CEL. */
export interface Root {
  readonly type: string;
  readonly expression: string;
}

/** Name of the variable with all objects of a type. */
export const objectsOf = (type: string): string => `objects${type}`;

/**
 * Variables that hold all objects of each type, so that a type's rules are written once however many places it has, and
 * each walk has a cost limit of its own. CEL cannot flatten lists before Kubernetes 1.35, so they stay in lists. The
 * types come in an order in which each needs only those before it.
 *
 * All is reached from `root`, and what lies outside it from `others`.
 */
export function collectTypes(table: PolicyTable, root: Root, others: readonly Root[] = []): readonly Collected[] {
  const collected = new Map<string, Collected>([[root.type, { ...root, depth: 1 }]]);
  const parents = parentsOf(table, root.type);
  let waiting = [...parents.keys()];
  while (waiting.length > 0) {
    const ready = waiting.filter((type) => (parents.get(type) ?? []).every((parent) => collected.has(parent.type)));
    if (ready.length === 0) {
      throw new Error(`types ${waiting.join(', ')} hold each other; a type that can hold itself has no bounded depth`);
    }
    for (const type of ready) {
      const besides = others.filter((other) => other.type === type).map(({ expression }) => ({ depth: 1, expression }));
      collected.set(type, collect(type, parents.get(type) ?? [], collected, besides));
    }
    waiting = waiting.filter((type) => !ready.includes(type));
  }
  return [...collected.values()];
}

function parentsOf(table: PolicyTable, root: string): Map<string, Parent[]> {
  const parents = new Map<string, Parent[]>();
  const seen = new Set([root]);
  const waiting = [root];
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    for (const [field, { shape }] of Object.entries(table[type]?.fields ?? {})) {
      const held = shape && objectIn(shape);
      if (shape === undefined || held === undefined) continue;
      parents.set(held, [...(parents.get(held) ?? []), { type, field, shape }]);
      if (!seen.has(held)) {
        seen.add(held);
        waiting.push(held);
      }
    }
  }
  return parents;
}

function objectIn(shape: Shape): string | undefined {
  if (typeof shape === 'string') return undefined;
  if ('object' in shape) return shape.object;
  return objectIn('list' in shape ? shape.list : shape.map);
}

function collect(
  type: string,
  parents: readonly Parent[],
  known: ReadonlyMap<string, Collected>,
  besides: readonly Omit<Collected, 'type'>[],
): Collected {
  const held = parents.map(({ type: holder, field, shape }) => {
    const { depth = 0 } = known.get(holder) ?? {};
    return { depth: depth + levels(shape), expression: partOf(holder, depth, field, shape) };
  });
  const parts = [...held, ...besides];
  const depth = Math.max(...parts.map((part) => part.depth));
  const wrapped = parts.map((part) => enclose(part.expression, depth - part.depth));
  return { type, depth, expression: wrapped.join(' + ') };
}

/** Lists that a field adds around the objects it holds. */
function levels(shape: Shape): number {
  if (typeof shape === 'string' || 'object' in shape) return 0;
  return 1 + levels('list' in shape ? shape.list : shape.map);
}

/** All objects of a type in one field of another. */
function partOf(holder: string, depth: number, field: string, shape: Shape): string {
  const present = `has(o.${field}) && o.${field} != null`;
  const inner = typeof shape === 'object' && 'map' in shape ? `o.${field}.map(key, o.${field}[key])` : `o.${field}`;
  const part = (list: string) => `${list}.filter(o, ${present}).map(o, ${inner})`;
  return mapInner(`variables.${objectsOf(holder)}`, depth, part, withoutEmpty);
}

/** Maps the innermost lists of lists in lists; `around` is put around what each list that holds lists is mapped to. */
function mapInner(
  list: string,
  depth: number,
  about: (list: string) => string,
  around: (lists: string) => string = (lists) => lists,
): string {
  return depth === 1
    ? about(list)
    : around(`${list}.map(l${depth}, ${mapInner(`l${depth}`, depth - 1, about, around)})`);
}

/** A list put into so many lists around it. */
function enclose(list: string, levels: number): string {
  return levels === 0 ? list : enclose(withoutEmpty(`[${list}]`), levels - 1);
}

/** Most types have no objects in most documents: then no rule has a list to walk, not even one of empty lists. */
const withoutEmpty = (lists: string): string => `${lists}.filter(l, size(l) > 0)`;

/** That something holds of every object of a type; `o` is the object. */
export function everyObject({ type, depth }: Collected, holds: string): string {
  const within = (list: string, left: number): string =>
    left === 1 ? `${list}.all(o, ${holds})` : `${list}.all(l${left}, ${within(`l${left}`, left - 1)})`;
  return within(`variables.${objectsOf(type)}`, depth);
}

/** A list, in lists, of what is made of every object of a type; `o` is the object. */
export const ofEveryObject = ({ type, depth }: Collected, made: string): string =>
  mapInner(`variables.${objectsOf(type)}`, depth, (list) => `${list}.map(o, ${made})`);
