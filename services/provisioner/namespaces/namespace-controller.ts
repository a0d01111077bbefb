import { namespaceOf } from '../../../core/project-name';
import type { ProvisionerConfig } from '../../../core/service-config';
import { messageOf } from '../../shared/errors';
import { NotLeaderError } from '../../shared/kube-client';
import type { Logger } from '../../shared/log';
import type { KubeNamespaces } from './kube-namespaces';
import { passesTotal } from './metrics';
import { type Command, NAMESPACE_BIT, type Situation } from './model-situation';
import type { ObjectMender } from './object-mender';
import { metadataField } from './observe-collection';
import type { Observer } from './observer';
import { planConditions } from './plan-conditions';
import { planNamespace } from './plan-namespace';
import type { Entry, ProjectTable, Told } from './project-table';
import type { QuotaTeller } from './quota-teller';
import { quotaUse } from './quota-use';
import type { DesiredRenderer } from './render-desired';
import type { RepairHistory } from './repair-history';

/** Steps of one pass; more means that what is done changes nothing, and is left to a retry. */
const MOST_STEPS = 12;
const DAY_MS = 86_400_000;

/** What a command came to. */
interface Outcome {
  /** Nothing is to be planned anew after it. */
  readonly isDone: boolean;
  /** Runs that were counted. */
  readonly running?: number;
  readonly againMs?: number;
}
const DONE: Outcome = { isDone: true };
const NOT_DONE: Outcome = { isDone: false };

export interface NamespaceControllerOptions {
  readonly table: ProjectTable;
  readonly renderer: DesiredRenderer;
  readonly observer: Observer;
  readonly cluster: KubeNamespaces;
  readonly mender: ObjectMender;
  readonly repairs: RepairHistory;
  readonly quotas: QuotaTeller;
  readonly log: Logger;
  /** Asks for the project's account at the store to be opened or closed; the outcome is put into the entry. */
  readonly store: (id: string, wanted: 'open' | 'close') => void;
  /** The whole system is being taken down: nothing is drained nor kept. */
  readonly isTornDown: () => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Does what `planNamespace` says, one project at a time. Level-triggered: it looks at what is, not at what happened. */
export class NamespaceController {
  constructor(private readonly options: NamespaceControllerOptions) {}

  /** One pass. Rejects when a retry could help; a number asks for another pass after that many milliseconds. */
  async reconcile(id: string): Promise<number | undefined> {
    try {
      const again = await this.pass(id);
      passesTotal.inc({ outcome: 'done' });
      return again;
    } catch (error) {
      passesTotal.inc({ outcome: 'failed' });
      await this.tellFailure(id, error);
      throw error;
    }
  }

  private async pass(id: string): Promise<number | undefined> {
    const { repairs, table } = this.options;
    let running: number | undefined;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const entry = table.get(id);
      if (entry === undefined) return undefined;
      const outcomes: Outcome[] = [];
      for (const command of planNamespace(this.situation(entry, running))) {
        outcomes.push(await this.execute(entry, command));
      }
      running = outcomes.find((outcome) => outcome.running !== undefined)?.running ?? running;
      if (outcomes.every(({ isDone }) => isDone)) {
        const waits = [repairs.releaseAfter(id), ...outcomes.map(({ againMs }) => againMs)];
        return waits.reduce((least, wait) => (least === undefined || (wait ?? least) < least ? wait : least));
      }
    }
    throw new Error(`project '${id}' is not as it should be after ${MOST_STEPS} steps`);
  }

  private situation(entry: Entry, running: number | undefined): Situation {
    const { isTornDown, now, observer, quotas, renderer, repairs } = this.options;
    const { id, project, space, synced, hasRootCertificate, keyMadeAt, store } = entry;
    return {
      id,
      project,
      space,
      synced,
      hasRootCertificate,
      store,
      quotaUse: quotas.toTell(id, project?.told.quotaUse, entry.quotaUse),
      hasKey: keyMadeAt !== undefined,
      classes: Object.keys(renderer.current.classes),
      wanted: renderer.desired(entry)?.wanted ?? 0n,
      held: repairs.heldOf(id),
      extras: observer.extrasOf(id),
      drift: repairs.noteOf(id),
      conflict: repairs.conflictOf(id),
      running,
      retirement: retirementTimes(renderer.current, isTornDown()),
      now: now(),
    };
  }

  private async execute(entry: Entry, command: Command): Promise<Outcome> {
    const { cluster, mender, store } = this.options;
    const { id } = entry;
    switch (command.kind) {
      case 'apply':
        await this.applyAll(entry, command.bits);
        return NOT_DONE;
      case 'remove':
        for (const object of command.objects) await mender.remove(entry, object);
        return NOT_DONE;
      case 'cordon':
        this.cordon(entry, command.since);
        return NOT_DONE;
      case 'drain':
        return { isDone: false, running: await cluster.drain(namespaceOf(id), command.stop) };
      case 'open-store':
        store(id, 'open');
        return DONE;
      case 'close-store':
        store(id, 'close');
        return DONE;
      case 'delete-namespace':
        await this.deleteNamespace(entry, command.uid);
        return DONE;
      case 'drop-finalizer':
        await cluster.dropFinalizer(id);
        return DONE;
      case 'tell':
        await this.tell(entry, command.told);
        return DONE;
      case 'again':
        return { isDone: true, againMs: command.afterMs };
    }
  }

  /** Marked with the apply that follows. */
  private cordon(entry: Entry, since: string): void {
    const { log, observer } = this.options;
    observer.change(entry, () => {
      if (entry.space !== undefined) entry.space = { ...entry.space, retiringSince: since };
    });
    log.info({ namespace: namespaceOf(entry.id), since }, 'project is gone: its namespace is on its way out');
  }

  private async tell(entry: Entry, told: Told): Promise<void> {
    const { project } = entry;
    if (project === undefined) return;
    await this.options.cluster.tell(entry.id, project, project.generation, told);
    // What was told is known at once; the watch says it again later.
    if (entry.project?.uid === project.uid) entry.project = { ...entry.project, told };
  }

  private async deleteNamespace({ id }: Entry, uid: string): Promise<void> {
    const { cluster, log, observer, table } = this.options;
    const namespace = namespaceOf(id);
    // Once more, and of the server: what follows cannot be taken back.
    const [found, wanted] = await Promise.all([
      cluster.find({ kind: 'Namespace', name: namespace }),
      cluster.hasProject(id),
    ]);
    const entry = table.get(id);
    if (wanted || found === undefined || entry === undefined) return;
    observer.setSpace(entry, found);
    if (entry.space?.uid !== uid || !entry.space.ours || entry.space.terminating) return;
    await cluster.deleteNamespace(namespace, uid, metadataField(found, 'resourceVersion'));
    log.info({ namespace }, 'namespace of a project that is gone: deleted');
  }

  private async applyAll(entry: Entry, bits: bigint): Promise<void> {
    const { mender, renderer } = this.options;
    const desired = renderer.desired(entry);
    if (desired === undefined) return;
    const { revision } = entry;
    const wanted = Array.from({ length: desired.count }, (_, index) => index)
      .filter((index) => (bits & (1n << BigInt(index))) !== 0n)
      .map((index) => ({ index, object: desired.object(index) }));
    if ((bits & NAMESPACE_BIT) !== 0n && !(await this.mayMake(entry))) return;
    if (entry.drifted !== 0n && !(await this.isStillThere(entry))) return;
    const outcomes = await Promise.allSettled(
      wanted.map(async ({ object, index }) => {
        const found = await mender.mend(entry, object, index);
        // What was begun before the project changed is out of date.
        if (entry.revision !== revision) return;
        entry.synced |= 1n << BigInt(index);
        entry.drifted &= ~(1n << BigInt(index));
        if (object.kind === 'ResourceQuota') entry.quotaUse ??= quotaUse(found);
        if (object.kind === 'Namespace' && entry.space === undefined) this.options.observer.setSpace(entry, found);
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** A namespace not seen yet may be there all the same, and somebody else's: asked of the server itself. */
  private async mayMake(entry: Entry): Promise<boolean> {
    if (entry.space !== undefined) return true;
    const found = await this.options.cluster.find({ kind: 'Namespace', name: namespaceOf(entry.id) });
    if (found === undefined || entry.space !== undefined) return true;
    this.options.observer.setSpace(entry, found);
    return false;
  }

  /** What seems deleted may have gone with the namespace. */
  private async isStillThere(entry: Entry): Promise<boolean> {
    if (entry.space === undefined) return true;
    const found = await this.options.cluster.find({ kind: 'Namespace', name: namespaceOf(entry.id) });
    const { uid } = entry.space;
    this.options.observer.setSpace(entry, found);
    return entry.space?.uid === uid && !entry.space.terminating;
  }

  /** A project whose pass failed says so; that this fails too is no news. */
  private async tellFailure(id: string, error: unknown): Promise<void> {
    const { now, table } = this.options;
    const entry = table.get(id);
    if (entry?.project === undefined || error instanceof NotLeaderError) return;
    const { project } = entry;
    const { generation, membersOutcome: members, told } = project;
    const problem = { reason: 'ProvisioningFailed', message: messageOf(error).slice(0, 500) };
    const findings = { problem, members, drift: undefined, conflict: undefined, generation, now: now() };
    const conditions = planConditions(told.conditions, findings);
    // Told once: the words of a failure may differ each time.
    if (told.conditions.some(({ reason }) => reason === problem.reason)) return;
    await this.tell(entry, { ...told, conditions }).catch(() => undefined);
  }
}

function retirementTimes({ retirement }: ProvisionerConfig, isTornDown: boolean) {
  return isTornDown
    ? { drainMs: 0, retentionMs: 0 }
    : { drainMs: retirement.drainMinutes * 60_000, retentionMs: retirement.retentionDays * DAY_MS };
}
