/** Millicores and mebibytes. */
export interface Size {
  readonly cpu: number;
  readonly memory: number;
}

/** Which builds run on which node. */
export class RunningBuilds {
  private readonly byNode: number[][];
  private readonly place: Int32Array;

  constructor(builds: number, nodes: number) {
    this.byNode = Array.from({ length: nodes }, () => []);
    this.place = new Int32Array(builds).fill(-1);
  }

  on(node: number): readonly number[] {
    return this.byNode[node] ?? [];
  }

  add(build: number, node: number): void {
    const list = this.byNode[node];
    if (list === undefined) return;
    this.place[build] = list.length;
    list.push(build);
  }

  remove(build: number, node: number): void {
    const list = this.byNode[node];
    const at = this.place[build] ?? -1;
    const last = list?.pop();
    if (list === undefined || last === undefined || at < 0) return;
    if (last !== build) {
      list[at] = last;
      this.place[last] = at;
    }
    this.place[build] = -1;
  }
}

/** What is known when a build has no room. */
export interface PreemptionFacts {
  /** Nodes the build would fit on if they were empty. */
  readonly nodes: readonly number[];
  readonly running: RunningBuilds;
  /** What the build lacks on a node; not positive where it lacks nothing. */
  readonly missing: (node: number) => Size;
  readonly sizeOf: (build: number) => Size;
  readonly priorityOf: (build: number) => number;
  readonly startOf: (build: number) => number;
  /** Only builds of a lower priority than this give way. */
  readonly below: number;
}

/** Who gives way, and where. */
export interface PreemptionChoice {
  readonly node: number;
  readonly victims: readonly number[];
}

/**
 * The node whose victims matter least, as kube-scheduler chooses: the lowest highest priority among them, then the
 * fewest. On a node the lowest priority gives way first, and of those the one that has run for the shortest time.
 * Undefined when no node can be cleared.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
export function chooseVictims(facts: PreemptionFacts): PreemptionChoice | undefined {
  let best: PreemptionChoice | undefined;
  let bestPriority = Number.POSITIVE_INFINITY;
  for (const node of facts.nodes) {
    const victims = victimsOn(node, facts);
    if (victims === undefined) continue;
    const priority = Math.max(...victims.map(facts.priorityOf));
    const better =
      priority < bestPriority || (priority === bestPriority && victims.length < (best?.victims.length ?? 0));
    if (better) {
      best = { node, victims };
      bestPriority = priority;
    }
  }
  return best;
}

function victimsOn(node: number, facts: PreemptionFacts): number[] | undefined {
  const { running, priorityOf, startOf, sizeOf, below } = facts;
  let { cpu, memory } = facts.missing(node);
  const lower = running.on(node).filter((build) => priorityOf(build) < below);
  lower.sort((a, b) => priorityOf(a) - priorityOf(b) || startOf(b) - startOf(a) || a - b);
  const victims: number[] = [];
  for (const build of lower) {
    if (cpu <= 0 && memory <= 0) break;
    const size = sizeOf(build);
    victims.push(build);
    cpu -= size.cpu;
    memory -= size.memory;
  }
  return cpu <= 0 && memory <= 0 && victims.length > 0 ? victims : undefined;
}
