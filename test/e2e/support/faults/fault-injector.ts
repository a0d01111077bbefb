import { setTimeout as sleep } from 'node:timers/promises';
import { CLUSTER_ADDRESS, httpUrl } from '../../../../local/gerrit/gerrit-options';
import { messageOf } from '../../../../services/shared/errors';
import {
  COMPONENTS,
  type Component,
  chooseFault,
  FAULT_EVERY_MS,
  type Fault,
  type PlannedFault,
} from '../../../support/faults/plan-faults';
import { clusterProcesses } from '../kill-process';
import type { System } from '../system';
import { until } from '../until';
import { PLACES, type PodNow, podPath, podsNow } from './components';
import { connectionsTo, cutConnections, mendConnections } from './cut-connections';
import { indexAgain, removeStaleLocks } from './tend-gerrit';

const GERRIT_VERSION = `${httpUrl(CLUSTER_ADDRESS)}/config/server/version`;
/** Whoever takes longer to say that it serves does not. */
const ANSWER_MS = 3_000;
/** A readiness probe has looked once more by then. */
const SETTLED_MS = 3_000;
const BACK_WITHIN_MS = 300_000;
/**
 * So long a component is left alone once it is back. Without that the two that are quickest back, API server and Gerrit, take
 * every fault as soon as the others are away, and these, which need them, never come back.
 */
const REST_MS = 20_000;

/** What was done to a component last, and so what it must show to count as back. */
interface Wound {
  /** Killed: none of these may be what runs. */
  readonly pids: ReadonlySet<number>;
  readonly containers: ReadonlySet<string>;
  /** Not before this. Milliseconds since 1970. */
  readonly until: number;
  /** Connections that somebody must have noticed to be dead. */
  readonly cut?: Cut;
}

interface Cut {
  readonly component: Component;
  readonly pid: number;
  readonly ports: readonly number[];
  readonly toPort: number;
}

/** Does to the running system what a plan says, and knows who has come back. */
export class FaultInjector {
  private readonly wounds = new Map<Component, Wound>();
  /** When a component was found to be back; infinite: it is not. */
  private readonly backSince = new Map<Component, number>();
  private readonly frozen = new Set<number>();
  private readonly cuts: Cut[] = [];
  private pods: readonly PodNow[] = [];
  /** Gerrit was killed, and its administrator has not tended to it since. */
  private isUntended = false;
  /** What they are at. */
  private tending: Promise<void> | undefined;

  constructor(
    private readonly system: Pick<System, 'kube' | 'gerrit'>,
    private readonly projects: readonly string[],
    /** Told of every fault as it happens. */
    private readonly say: (line: string) => void,
  ) {}

  /** A fault every few seconds until the signal fires. Resolves to what happened, in order. */
  async follow(plan: readonly PlannedFault[], signal: AbortSignal): Promise<Fault[]> {
    const happened: Fault[] = [];
    const begin = Date.now();
    for (const [index, planned] of plan.entries()) {
      const waitMs = begin + (index + 1) * FAULT_EVERY_MS - Date.now();
      await sleep(Math.max(0, waitMs), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) {
        break;
      }
      const ready = await this.ready();
      const fault = chooseFault(planned, this.rested(ready));
      // What ended by itself in between cannot be hit.
      const isHit = fault !== undefined && (await this.inject(fault).catch(this.sayTrouble));
      if (isHit) {
        happened.push(fault);
        this.backSince.set(fault.component, Number.POSITIVE_INFINITY);
      }
      const away = COMPONENTS.filter((component) => !ready.has(component));
      this.say(`${fault === undefined ? 'nobody' : describe(fault)}; away: ${away.join(', ') || 'nobody'}`);
    }
    return happened;
  }

  /** Ends what lasts, and waits until everybody is back. */
  async heal(): Promise<void> {
    for (const pid of this.frozen) {
      signalProcess(pid, 'SIGCONT');
    }
    for (const cut of this.cuts.splice(0)) {
      await this.mend(cut);
    }
    this.wounds.clear();
    await until(
      'every component is back',
      async () => (await this.ready()).size === COMPONENTS.length,
      BACK_WITHIN_MS,
      1_000,
    );
  }

  /** Components that serve, and of those that were hit, only who has come back since. */
  async ready(): Promise<Set<Component>> {
    this.pods = await podsNow(this.system, ANSWER_MS).catch(() => []);
    await this.replaceHeldBack();
    const answers = await Promise.all(COMPONENTS.map((component) => this.isReady(component)));
    return new Set(COMPONENTS.filter((_component, index) => answers[index]));
  }

  /** Of those that serve, who has done so for a while. */
  private rested(ready: ReadonlySet<Component>): Set<Component> {
    const now = Date.now();
    const isRested = (component: Component) => {
      // Never hit: it was always there.
      const before = this.backSince.get(component) ?? Number.NEGATIVE_INFINITY;
      const since = ready.has(component) ? Math.min(before, now) : Number.POSITIVE_INFINITY;
      this.backSince.set(component, since);
      return now - since >= REST_MS;
    };
    return new Set(COMPONENTS.filter(isRested));
  }

  private readonly sayTrouble = (error: unknown): false => {
    this.say(messageOf(error));
    return false;
  };

  /** Resolves to whether there was anything to hit. */
  private async inject(fault: Fault): Promise<boolean> {
    const { component } = fault;
    const pids = clusterProcesses(PLACES[component].command);
    const [pid] = pids;
    const now = Date.now();
    const none: Wound = { pids: new Set(), containers: new Set(), until: now };
    if (pid === undefined) {
      return false;
    }
    switch (fault.kind) {
      case 'kill':
        this.wounds.set(component, { ...none, pids: new Set(pids), containers: new Set(this.containersOf(component)) });
        for (const each of pids) {
          signalProcess(each, 'SIGKILL');
        }
        if (component === 'gerrit') {
          await removeStaleLocks();
          this.isUntended = true;
        }
        return true;
      case 'freeze':
        this.wounds.set(component, { ...none, until: now + fault.forMs + SETTLED_MS });
        this.freeze(pids, fault.forMs);
        return true;
      case 'half-open': {
        const cut = { component, pid, toPort: fault.toPort, ports: await cutConnections(pid, fault.toPort) };
        this.cuts.push(cut);
        this.wounds.set(component, { ...none, cut });
        return cut.ports.length > 0;
      }
    }
  }

  /** A process that was killed since left its network, and the rules in it, to the next one of its pod. */
  private async mend({ component, pid, ports, toPort }: Cut): Promise<void> {
    for (const each of [pid, ...clusterProcesses(PLACES[component].command)]) {
      await mendConnections(each, ports, toPort).catch(() => undefined);
    }
  }

  private freeze(pids: readonly number[], forMs: number): void {
    for (const pid of pids) {
      signalProcess(pid, 'SIGSTOP');
      this.frozen.add(pid);
      setTimeout(() => {
        this.frozen.delete(pid);
        signalProcess(pid, 'SIGCONT');
      }, forMs);
    }
  }

  private async isReady(component: Component): Promise<boolean> {
    const { command, pod } = PLACES[component];
    const pids = clusterProcesses(command);
    const wound = this.wounds.get(component);
    if (pids.length === 0 || pids.some((pid) => wound?.pids.has(pid)) || Date.now() < (wound?.until ?? 0)) {
      return false;
    }
    if (wound?.cut !== undefined && (await this.isStillCut(wound.cut))) {
      return false;
    }
    if (pod === undefined) {
      return component === 'gerrit' ? this.tended() : this.answers('kube');
    }
    const now = this.pods.filter(({ service }) => service === pod);
    const isOld = now.some(({ containers }) => containers.some((id) => wound?.containers.has(id)));
    return now.length > 0 && !isOld && now.every(({ isReady }) => isReady);
  }

  /** Whether Gerrit serves and its administrator has done what is theirs to do after such an end. */
  private async tended(): Promise<boolean> {
    if (!(await this.answers('gerrit'))) {
      return false;
    }
    if (this.isUntended) {
      this.tending ??= this.tend();
    }
    return !this.isUntended;
  }

  /** Asked once, however long it takes: to ask again would only have Gerrit do it all twice. */
  private async tend(): Promise<void> {
    try {
      await indexAgain(this.system, this.projects);
      this.isUntended = false;
    } catch (error) {
      this.sayTrouble(error);
    } finally {
      this.tending = undefined;
    }
  }

  private answers(who: 'gerrit' | 'kube'): Promise<boolean> {
    // Gerrit on a connection of our own: those of the traffic are queued for.
    const asked: Promise<unknown> = who === 'gerrit' ? fetch(GERRIT_VERSION) : this.system.kube.text('/readyz');
    const answered = asked.then(
      () => true,
      () => false,
    );
    return Promise.race([answered, sleep(ANSWER_MS, false)]);
  }

  private async isStillCut({ pid, ports, toPort }: Cut): Promise<boolean> {
    const now = await connectionsTo(pid, toPort).catch(() => []);
    return now.some((port) => ports.includes(port));
  }

  private containersOf(component: Component): string[] {
    return this.pods.filter(({ service }) => service === PLACES[component].pod).flatMap(({ containers }) => containers);
  }

  /**
   * The kubelet lets a container that ends again and again wait for up to five minutes. That is its answer to a program
   * that cannot run, which is not what is tried here: a pod that is held back is replaced.
   */
  private async replaceHeldBack(): Promise<void> {
    for (const { name } of this.pods.filter(({ isHeldBack }) => isHeldBack)) {
      await this.system.kube.delete(podPath(name)).catch(() => undefined);
    }
  }
}

function describe(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `${fault.component} killed`;
    case 'freeze':
      return `${fault.component} frozen for ${fault.forMs} ms`;
    case 'half-open':
      return `${fault.component} half-open to port ${fault.toPort}`;
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
