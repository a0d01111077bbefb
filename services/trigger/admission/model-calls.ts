import { type ContainerResources, CURATED_RESOURCES } from '../../../core/run-resources';
import { Limit } from '../../../core/workflow-policy/limits';
import {
  type JsonObject,
  type JsonValue,
  listOf,
  objectOf,
  objectsOf,
  textOf,
} from '../../shared/definition/sanitize-json';

const CURATED: Readonly<Record<string, Readonly<Record<string, ContainerResources>>>> = CURATED_RESOURCES;
const KINDS_OF_POD = ['container', 'script', 'containerSet'];
/** A loop over a list that a step writes: as many at once as any run may have. */
const UNKNOWN_TIMES = Limit.parallelism;

/** A group of steps is a list; Argo's YAML also takes a single step for one. */
export const groupOf = (group: JsonValue): readonly JsonObject[] => objectsOf(Array.isArray(group) ? group : [group]);

/** Whether a template is a pod, and not steps or a graph. */
export const isPod = (node: JsonObject): boolean => KINDS_OF_POD.some((kind) => node[kind] !== undefined);

/** Steps and tasks of a template. */
export const callsOf = (node: JsonObject): readonly JsonObject[] => [
  ...listOf(node['steps']).flatMap(groupOf),
  ...objectsOf(objectOf(node['dag'])['tasks']),
];

/** Hooks of a Workflow, a step or a task. */
export const hooksOf = (node: JsonObject): readonly JsonObject[] =>
  Object.values(objectOf(node['hooks'])).map(objectOf);

/** The pod of a curated template that a call is to; undefined for any other. */
export function curatedOf(call: JsonObject): { name: string; node: JsonObject } | undefined {
  const reference = objectOf(call['templateRef']);
  const [of, template] = [textOf(reference['name']), textOf(reference['template'])];
  if (of === undefined || template === undefined) {
    return undefined;
  }
  const resources = CURATED[of]?.[template];
  const container: JsonObject =
    resources === undefined
      ? {}
      : { resources: { requests: { ...resources.requests }, limits: { ...resources.limits } } };
  return { name: `${of}/${template}`, node: { container } };
}

/** How many of a call run side by side at most. */
export function timesOf(call: JsonObject): number {
  if (call['withItems'] !== undefined) {
    return listOf(call['withItems']).length;
  }
  if (call['withParam'] !== undefined) {
    return UNKNOWN_TIMES;
  }
  const { count, start = 0, end } = objectOf(call['withSequence']);
  if (count !== undefined) {
    return Number(count);
  }
  return end === undefined ? 1 : Math.abs(Number(end) - Number(start)) + 1;
}

/** Names in a `depends` expression; what follows a dot is a result such as `Succeeded`. */
const DEPENDS_NAME = /(?<![A-Za-z0-9_.-])[A-Za-z0-9_][A-Za-z0-9_-]*/g;

export const dependenciesOf = (task: JsonObject): readonly string[] => [
  ...(textOf(task['depends'])?.match(DEPENDS_NAME) ?? []),
  ...listOf(task['dependencies']).flatMap((name) => textOf(name) ?? []),
];

/** Tasks after those they wait for. A circle, which only a hand-made Workflow has, is taken as it comes. */
export function inOrder(
  tasks: readonly JsonObject[],
  needs: ReadonlyMap<string, readonly string[]>,
): readonly JsonObject[] {
  const byName = new Map(tasks.map((task) => [textOf(task['name']) ?? '', task]));
  const ordered = new Map<string, JsonObject>();
  const begun = new Set<string>();
  const visit = (name: string): void => {
    const task = byName.get(name);
    if (task === undefined || begun.has(name)) {
      return;
    }
    begun.add(name);
    for (const need of needs.get(name) ?? []) {
      visit(need);
    }
    ordered.set(name, task);
  };
  for (const name of byName.keys()) {
    visit(name);
  }
  return [...ordered.values()];
}
