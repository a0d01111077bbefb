import { EventHeap } from './event-heap';
import { NodeRoom } from './node-room';
import { chooseVictims, RunningBuilds } from './preemption';
import type { BuildTrace, SimulatedNode, SimulationOptions, SimulationResult, WaitFigures } from './types';
import { type WaitBounds, waitFigures } from './wait-figures';
import { WaitQueues } from './wait-queues';

const SECONDS_PER_HOUR = 3600;
const GOOD_WAIT_SECONDS = 60;
const STARVED_AFTER_SECONDS = 1800;

/**
 * Runs every build of a trace on the nodes: a build starts as soon as it has room, by priority and then by arrival; one
 * that has none lets others by that have, as kube-scheduler does. Deterministic, O(n log n). Throws when there is no node
 * or arrivals are not ascending.
 */
export function simulate(
  trace: BuildTrace,
  nodes: readonly SimulatedNode[],
  options: SimulationOptions = {},
): SimulationResult {
  if (nodes.length === 0) throw new Error('there is no node to simulate; give at least one');
  const run = new Run(trace, nodes, options.preemption ?? false);
  run.all();
  return run.result(nodes.length, {
    goodWaitSeconds: options.goodWaitSeconds ?? GOOD_WAIT_SECONDS,
    starvedAfterSeconds: options.starvedAfterSeconds ?? STARVED_AFTER_SECONDS,
  });
}

/** Build slots as a node: each build takes one, whatever it requests. */
export function simulateSlots(trace: BuildTrace, slots: number, options: SimulationOptions = {}): SimulationResult {
  const shapes = trace.shapes.map(({ priority }) => ({ priority, cpu: 1, memory: 0, pools: ['slots'] }));
  return simulate({ ...trace, shapes }, [{ name: 'slots', pool: 'slots', cpu: slots, memory: 0 }], options);
}

class Run {
  private readonly ends = new EventHeap();
  private readonly queues: WaitQueues;
  private readonly room: NodeRoom;
  private readonly running: RunningBuilds | undefined;
  /** When the build waits: since when. When it runs: its start. */
  private readonly since: Float64Array;
  /** When it ends; of one that was pushed out, never. */
  private readonly endAt: Float64Array;
  private readonly nodeOf: Int32Array;
  private readonly waited: Float64Array;
  /** Shapes, highest priority first. */
  private readonly order: readonly number[];
  private readonly fitsNowhere: readonly boolean[];
  private neverFits = 0;
  private preempted = 0;
  private lostSeconds = 0;
  private busyCpu = 0;
  private busyMemory = 0;
  private lastEnd = 0;

  constructor(
    private readonly trace: BuildTrace,
    nodes: readonly SimulatedNode[],
    preemption: boolean,
  ) {
    const builds = trace.arrival.length;
    this.queues = new WaitQueues(builds, trace.shapes.length);
    this.room = new NodeRoom(nodes, trace.shapes);
    this.running = preemption ? new RunningBuilds(builds, nodes.length) : undefined;
    this.since = trace.arrival.slice();
    this.endAt = new Float64Array(builds);
    this.nodeOf = new Int32Array(builds).fill(-1);
    this.waited = new Float64Array(builds);
    this.order = trace.shapes.map((_, shape) => shape).sort((a, b) => this.priorityOf(b) - this.priorityOf(a));
    this.fitsNowhere = trace.shapes.map((_, shape) => this.room.candidates(shape).length === 0);
  }

  all(): void {
    const { arrival } = this.trace;
    for (let build = 0; build < arrival.length; build += 1) {
      const now = arrival[build] ?? 0;
      if (now < (arrival[build - 1] ?? now)) throw new Error(`build ${build} arrives before the one ahead of it`);
      this.finishUntil(now);
      this.arrive(build, now);
    }
    this.finishUntil(Number.POSITIVE_INFINITY);
  }

  private arrive(build: number, now: number): void {
    const shape = this.shapeOf(build);
    if (this.fitsNowhere[shape] === true) {
      this.neverFits += 1;
      return;
    }
    if (this.queues.first(shape) >= 0) {
      this.queues.append(shape, build);
      return;
    }
    const node = this.room.find(shape);
    if (node >= 0) this.start(build, shape, node, now);
    else if (!this.pushOut(build, shape, now)) this.queues.append(shape, build);
  }

  private finishUntil(now: number): void {
    while (this.ends.earliest <= now && this.ends.size > 0) {
      const time = this.ends.earliest;
      const build = this.ends.pop();
      if (this.endAt[build] !== time) continue; // It was pushed out meanwhile.
      const node = this.nodeOf[build] ?? 0;
      this.stop(build, node, time);
      this.lastEnd = Math.max(this.lastEnd, time);
      if (this.queues.size > 0) this.fill(node, time);
      if (this.queues.size > 0 && this.running !== undefined) this.pushOutForWaiting(time);
    }
  }

  /** Starts on a node what waits and fits there, by priority, then by time of waiting. */
  private fill(node: number, now: number): void {
    for (let at = 0; at < this.order.length; ) {
      const priority = this.priorityOf(this.order[at] ?? 0);
      let end = at;
      while (end < this.order.length && this.priorityOf(this.order[end] ?? 0) === priority) end += 1;
      for (let shape = this.longestWaiting(node, at, end); shape >= 0; shape = this.longestWaiting(node, at, end)) {
        const build = this.queues.first(shape);
        this.queues.shift(shape);
        this.start(build, shape, node, now);
      }
      at = end;
    }
  }

  /** Of the shapes between two places of the order: the one that fits and has waited longest; -1 when there is none. */
  private longestWaiting(node: number, from: number, to: number): number {
    let best = -1;
    let earliest = Number.POSITIVE_INFINITY;
    for (let at = from; at < to; at += 1) {
      const shape = this.order[at] ?? 0;
      const first = this.queues.first(shape);
      if (first < 0) continue;
      const arrival = this.trace.arrival[first] ?? 0;
      if (arrival < earliest && this.room.fitsOn(shape, node)) {
        best = shape;
        earliest = arrival;
      }
    }
    return best;
  }

  private start(build: number, shape: number, node: number, now: number): void {
    this.waited[build] = (this.waited[build] ?? 0) + now - (this.since[build] ?? now);
    this.since[build] = now;
    this.nodeOf[build] = node;
    const end = now + (this.trace.duration[build] ?? 0);
    this.endAt[build] = end;
    this.room.take(shape, node);
    this.running?.add(build, node);
    this.ends.push(end, build);
  }

  private stop(build: number, node: number, now: number): void {
    const shape = this.shapeOf(build);
    const seconds = now - (this.since[build] ?? now);
    this.busyCpu += seconds * this.room.cpuOf(shape);
    this.busyMemory += seconds * this.room.memoryOf(shape);
    this.room.give(shape, node);
    this.running?.remove(build, node);
  }

  /** Makes room for a build by stopping builds of lower priority, and starts it. False: that would not help. */
  private pushOut(build: number, shape: number, now: number): boolean {
    if (this.running === undefined) return false;
    const choice = chooseVictims({
      nodes: this.room.candidates(shape),
      running: this.running,
      missing: (node) => ({
        cpu: this.room.cpuOf(shape) - (this.room.cpu[node] ?? 0),
        memory: this.room.memoryOf(shape) - (this.room.memory[node] ?? 0),
      }),
      sizeOf: (victim) => {
        const of = this.shapeOf(victim);
        return { cpu: this.room.cpuOf(of), memory: this.room.memoryOf(of) };
      },
      priorityOf: (victim) => this.priorityOf(this.shapeOf(victim)),
      startOf: (victim) => this.since[victim] ?? 0,
      below: this.priorityOf(shape),
    });
    if (choice === undefined) return false;
    for (const victim of choice.victims) {
      this.lostSeconds += now - (this.since[victim] ?? now);
      this.stop(victim, choice.node, now);
      this.endAt[victim] = Number.NaN;
      this.since[victim] = now;
      this.queues.prepend(this.shapeOf(victim), victim);
    }
    this.preempted += choice.victims.length;
    this.start(build, shape, choice.node, now);
    // One that was pushed out may fit elsewhere, and what it leaves behind may be more than was needed.
    for (const victim of choice.victims) this.startElsewhere(this.shapeOf(victim), now);
    this.fill(choice.node, now);
    return true;
  }

  private startElsewhere(shape: number, now: number): void {
    const build = this.queues.first(shape);
    const node = build < 0 ? -1 : this.room.find(shape);
    if (node < 0) return;
    this.queues.shift(shape);
    this.start(build, shape, node, now);
  }

  /** What waits may push out what started meanwhile in room too small for it. */
  private pushOutForWaiting(now: number): void {
    const lowest = this.priorityOf(this.order.at(-1) ?? 0);
    for (const shape of this.order) {
      if (this.priorityOf(shape) === lowest) return;
      const build = this.queues.first(shape);
      if (build >= 0 && this.pushOut(build, shape, now)) this.queues.shift(shape);
    }
  }

  private shapeOf(build: number): number {
    return this.trace.shape[build] ?? 0;
  }

  private priorityOf(shape: number): number {
    return this.trace.shapes[shape]?.priority ?? 0;
  }

  result(nodes: number, bounds: WaitBounds): SimulationResult {
    const seconds = Math.max(0, this.lastEnd - (this.trace.arrival[0] ?? 0));
    const total = this.room.total;
    const hours = seconds / SECONDS_PER_HOUR;
    return {
      waits: waitFigures(this.waitsOfAll(), bounds),
      groups: this.groups(bounds),
      neverFits: this.neverFits,
      preempted: this.preempted,
      lostSeconds: this.lostSeconds,
      utilisation: {
        cpu: share(this.busyCpu, total.cpu * seconds),
        memory: share(this.busyMemory, total.memory * seconds),
      },
      hours,
      nodeHours: nodes * hours,
    };
  }

  private groups(bounds: WaitBounds): (WaitFigures & { group: string })[] {
    const { groups, group } = this.trace;
    const counts = new Uint32Array(groups.length);
    this.nodeOf.forEach((node, build) => {
      const of = group[build] ?? 0;
      if (node >= 0) counts[of] = (counts[of] ?? 0) + 1;
    });
    const waits = Array.from(counts, (count) => new Float64Array(count));
    const filled = new Uint32Array(groups.length);
    this.nodeOf.forEach((node, build) => {
      const of = group[build] ?? 0;
      const list = waits[of];
      if (node < 0 || list === undefined) return;
      list[filled[of] ?? 0] = this.waited[build] ?? 0;
      filled[of] = (filled[of] ?? 0) + 1;
    });
    return groups.flatMap((name, index) => {
      const list = waits[index];
      return list === undefined || list.length === 0 ? [] : [{ group: name, ...waitFigures(list, bounds) }];
    });
  }

  private waitsOfAll(): Float64Array {
    const waits = new Float64Array(this.waited.length);
    let count = 0;
    for (let build = 0; build < waits.length; build += 1) {
      if ((this.nodeOf[build] ?? -1) < 0) continue;
      waits[count] = this.waited[build] ?? 0;
      count += 1;
    }
    return waits.subarray(0, count);
  }
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
