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
import { type Amount, least, most, mostOf, NOTHING, plus, RESOURCES, sumOf, times } from './model-amount';
import { type ContainerLimits, type ContainerProblem, type Pod, podOf } from './model-pod';

/** The most a Workflow takes at once. */
export interface Need {
  /** Pods side by side that its spec allows. */
  readonly parallelism: number;
  /** Its largest need when no more than that many of its pods run at a time. Never below what Argo will do. */
  readonly peakAt: (parallelism: number) => Amount;
  /** What no single container may be; the first of each template. */
  readonly problems: readonly ContainerProblem[];
}

const CURATED: Readonly<Record<string, Readonly<Record<string, ContainerResources>>>> = CURATED_RESOURCES;
const KINDS_OF_POD = ['container', 'script', 'containerSet'];
/** A loop over a list that a step writes: as many at once as any run may have. */
const UNKNOWN_TIMES = Limit.parallelism;
/** More of one template than may ever run side by side. */
const ENOUGH = Limit.parallelism;

/**
 * What a Workflow's spec needs at its widest: steps of a group side by side, tasks of a graph unless one waits for the
 * other, loops multiplied out, and no more pods than its parallelism. Each resource by itself, so it is a bound from above.
 */
export function needOf(spec: JsonObject, limits: ContainerLimits): Need {
  return new Graph(spec, limits).need();
}

class Graph {
  private readonly templates: ReadonlyMap<string, JsonObject>;
  private readonly pods = new Map<string, Pod>();
  private readonly peaks = new Map<string, Amount>();
  /** How often each pod of a template may be there at once at most, by its name. */
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly spec: JsonObject,
    private readonly limits: ContainerLimits,
  ) {
    this.templates = new Map(objectsOf(spec['templates']).map((node) => [textOf(node['name']) ?? '', node]));
  }

  need(): Need {
    const roots = ['entrypoint', 'onExit'].flatMap((field) => textOf(this.spec[field]) ?? []);
    const hooks = hooksOf(this.spec);
    const hooked = this.sideBySide(hooks);
    // The exit handler runs after everything else; hooks may run beside either.
    const widest = plus(mostOf(roots.map((name) => this.peak(name))), hooked);
    for (const name of roots) {
      this.count(name, 1, 0);
    }
    for (const hook of hooks) {
      this.countCall(hook, 1, 0);
    }
    const asked = this.spec['parallelism'];
    return {
      parallelism: typeof asked === 'number' && asked > 0 ? asked : Limit.parallelism,
      peakAt: (parallelism) => least(widest, this.largest(parallelism)),
      problems: [...this.pods.values()].flatMap(({ problems }) => problems),
    };
  }

  /** The `count` largest pods there may be, by resource. */
  private largest(count: number): Amount {
    const pods = [...this.pods].map(([name, { amount }]) => ({ amount, count: this.counts.get(name) ?? 1 }));
    const sums = RESOURCES.map((resource) => {
      let left = count;
      let sum = 0;
      for (const pod of pods.toSorted((one, other) => other.amount[resource] - one.amount[resource])) {
        const taken = Math.min(left, pod.count);
        sum += taken * pod.amount[resource];
        left -= taken;
      }
      return [resource, sum] as const;
    });
    return { ...NOTHING, ...Object.fromEntries(sums) };
  }

  private peak(name: string): Amount {
    const known = this.peaks.get(name);
    if (known !== undefined) {
      return known;
    }
    // The sanitiser refuses a template that calls itself; whoever submits by hand is asked nothing.
    this.peaks.set(name, NOTHING);
    const node = this.templates.get(name) ?? {};
    const peak = KINDS_OF_POD.some((kind) => node[kind] !== undefined)
      ? this.pod(name, node).amount
      : most(this.peakOfSteps(node), this.peakOfGraph(objectsOf(objectOf(node['dag'])['tasks'])));
    this.peaks.set(name, peak);
    return peak;
  }

  private pod(name: string, node: JsonObject): Pod {
    const pod = this.pods.get(name) ?? podOf(node, this.limits);
    this.pods.set(name, pod);
    return pod;
  }

  private peakOfSteps(node: JsonObject): Amount {
    return mostOf(listOf(node['steps']).map((group) => this.sideBySide(groupOf(group))));
  }

  private sideBySide(calls: readonly JsonObject[]): Amount {
    return sumOf(calls.map((call) => this.peakOfCall(call)));
  }

  private peakOfCall(call: JsonObject): Amount {
    const handlers = [...hooksOf(call), ...(call['onExit'] === undefined ? [] : [{ template: call['onExit'] }])];
    return times(sumOf([this.peakOfCallee(call), ...handlers.map((hook) => this.peakOfCallee(hook))]), timesOf(call));
  }

  private peakOfCallee(call: JsonObject): Amount {
    const curated = curatedOf(call);
    return curated === undefined
      ? this.peak(textOf(call['template']) ?? '')
      : this.pod(curated.name, curated.node).amount;
  }

  /**
   * The widest a graph can be. Tasks of which one waits for the other never run together, so each chain of such tasks
   * counts with its largest. Chains are found greedily: sometimes more than needed, so the result may be above the truth,
   * never below it.
   */
  private peakOfGraph(tasks: readonly JsonObject[]): Amount {
    const needs = new Map(tasks.map((task) => [textOf(task['name']) ?? '', dependenciesOf(task)]));
    const before = new Map<string, ReadonlySet<string>>();
    const chains: { last: string; peak: Amount }[] = [];
    for (const task of inOrder(tasks, needs)) {
      const name = textOf(task['name']) ?? '';
      const ahead = new Set((needs.get(name) ?? []).flatMap((need) => [need, ...(before.get(need) ?? [])]));
      before.set(name, ahead);
      const peak = this.peakOfCall(task);
      const chain = chains.find(({ last }) => ahead.has(last));
      if (chain === undefined) {
        chains.push({ last: name, peak });
      } else {
        chain.last = name;
        chain.peak = most(chain.peak, peak);
      }
    }
    return sumOf(chains.map(({ peak }) => peak));
  }

  private count(name: string, often: number, depth: number): void {
    const node = this.templates.get(name);
    if (node === undefined || depth > this.templates.size) {
      return;
    }
    this.counts.set(name, Math.min(ENOUGH, (this.counts.get(name) ?? 0) + often));
    const calls = [...listOf(node['steps']).flatMap(groupOf), ...objectsOf(objectOf(node['dag'])['tasks'])];
    for (const call of calls) {
      this.countCall(call, often, depth + 1);
    }
  }

  private countCall(call: JsonObject, often: number, depth: number): void {
    const total = Math.min(ENOUGH, often * timesOf(call));
    const curated = curatedOf(call);
    if (curated !== undefined) {
      this.counts.set(curated.name, Math.min(ENOUGH, (this.counts.get(curated.name) ?? 0) + total));
    }
    for (const name of [call['template'], call['onExit']].flatMap((value) => textOf(value) ?? [])) {
      this.count(name, total, depth);
    }
    for (const hook of hooksOf(call)) {
      this.countCall(hook, total, depth);
    }
  }
}

/** A group of steps is a list; Argo's YAML also takes a single step for one. */
const groupOf = (group: JsonValue): readonly JsonObject[] => objectsOf(Array.isArray(group) ? group : [group]);

const hooksOf = (node: JsonObject): readonly JsonObject[] => Object.values(objectOf(node['hooks'])).map(objectOf);

function curatedOf(call: JsonObject): { name: string; node: JsonObject } | undefined {
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
function timesOf(call: JsonObject): number {
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

const dependenciesOf = (task: JsonObject): readonly string[] => [
  ...(textOf(task['depends'])?.match(DEPENDS_NAME) ?? []),
  ...listOf(task['dependencies']).flatMap((name) => textOf(name) ?? []),
];

/** Tasks after those they wait for. A circle, which only a hand-made Workflow has, is taken as it comes. */
function inOrder(tasks: readonly JsonObject[], needs: ReadonlyMap<string, readonly string[]>): readonly JsonObject[] {
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
