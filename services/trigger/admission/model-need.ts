import { Limit } from '../../../core/workflow-policy/limits';
import { type JsonObject, listOf, objectOf, objectsOf, textOf } from '../../shared/definition/sanitize-json';
import { type Amount, least, most, mostOf, NOTHING, plus, RESOURCES, sumOf, times } from './model-amount';
import { callsOf, curatedOf, dependenciesOf, groupOf, hooksOf, inOrder, isPod, timesOf } from './model-calls';
import { type ContainerLimits, type ContainerProblem, type Pod, podOf } from './model-pod';

/** The most a Workflow takes at once. */
export interface Need {
  /** Pods side by side that its spec allows. */
  readonly parallelism: number;
  /** Its largest need when no more than that many of its pods run at a time. Never below what Argo will do. */
  readonly peakAt: (parallelism: number) => Amount;
  /** What all of its pods take together when every loop runs and no condition stops one; each pod once. */
  readonly total: () => Amount;
  /** What no single container may be; the first of each template. */
  readonly problems: readonly ContainerProblem[];
}

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
  private readonly totals = new Map<string, Amount>();
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
      total: () =>
        sumOf([
          ...roots.map((name) => this.total(name)),
          ...hooks.map((hook) => this.amountOfCall(hook, (name) => this.total(name))),
        ]),
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
    const peak = isPod(node)
      ? this.pod(name, node).amount
      : most(this.peakOfSteps(node), this.peakOfGraph(objectsOf(objectOf(node['dag'])['tasks'])));
    this.peaks.set(name, peak);
    return peak;
  }

  private total(name: string): Amount {
    const known = this.totals.get(name);
    if (known !== undefined) {
      return known;
    }
    // As with peaks: nothing that calls itself counts for ever.
    this.totals.set(name, NOTHING);
    const node = this.templates.get(name) ?? {};
    const total = isPod(node)
      ? this.pod(name, node).amount
      : sumOf(callsOf(node).map((call) => this.amountOfCall(call, (callee) => this.total(callee))));
    this.totals.set(name, total);
    return total;
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
    return this.amountOfCall(call, (name) => this.peak(name));
  }

  /** A call with its handlers, as often as it is made. `ofTemplate`: what of a template counts. */
  private amountOfCall(call: JsonObject, ofTemplate: (name: string) => Amount): Amount {
    const handlers = [...hooksOf(call), ...(call['onExit'] === undefined ? [] : [{ template: call['onExit'] }])];
    const callees = [call, ...handlers].map((one) => {
      const curated = curatedOf(one);
      return curated === undefined
        ? ofTemplate(textOf(one['template']) ?? '')
        : this.pod(curated.name, curated.node).amount;
    });
    return times(sumOf(callees), timesOf(call));
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
    for (const call of callsOf(node)) {
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
