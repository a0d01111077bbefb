import pLimit from 'p-limit';
import { RE2JS } from 're2js';
import { enabledPipelines } from '../../../core/pipeline';
import type { ProvisionerConfig } from '../../../core/service-config';
import type { Logger } from '../../shared/log';
import { decide, type GerritNow, type ProjectNow, type Refusal, type SelfServeDecision } from './decide';
import { metrics } from './metrics';
import type { Gerrit, Hint, ListedProject, Projects, Records } from './ports';

const DAY_MS = 86_400_000;
/** Somebody whose rate is used up is looked at again this much after there is room. */
const SLACK_MS = 1_000;

export interface SelfServeControllerOptions {
  readonly gerrit: Gerrit;
  readonly projects: Projects;
  readonly records: Records;
  /** The configuration as it is now. */
  readonly config: () => Pick<ProvisionerConfig, 'selfServe' | 'pipelines'>;
  readonly log: Logger;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** What self-serve goes by, as far as it is configured: what was decided by other rules is decided anew. */
export const rulesOf = ({ selfServe, pipelines }: Pick<ProvisionerConfig, 'selfServe' | 'pipelines'>): string =>
  JSON.stringify([selfServe, pipelines]);

/** A tip at which a project without a Project has nothing to get, by these rules. */
interface Settled {
  readonly commit: string;
  readonly rules: string;
}

interface Seen {
  readonly gerrit: GerritNow;
  readonly project: ProjectNow | undefined;
  readonly by: string;
}

/**
 * Brings one Gerrit project at a time to what its `refs/meta/config` asks for. Level-triggered: what an event said is
 * a hint who pushed, and everything else is read anew.
 */
export class SelfServeController {
  /** One creation at a time: each must see the ones before it in budget and rate. */
  private readonly creating = pLimit(1);
  private readonly hints = new Map<string, Hint>();
  /** Projects that a sweep need not read again. */
  private readonly settled = new Map<string, Settled>();
  private readonly now: () => number;

  constructor(private readonly options: SelfServeControllerOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Who pushed a commit, for the pass to come. */
  note(project: string, hint: Hint): void {
    this.hints.set(project, hint);
  }

  /** Whether a sweep must look at a project of which the list says this. */
  isNews({ name: project, commit, state }: ListedProject): boolean {
    if (state !== 'ACTIVE') {
      // Whatever it asks for, it gets nothing, and must not have anything of ours.
      return this.options.projects.isOurs(project);
    }
    return (this.options.projects.commitOf(project) ?? this.settledAt(project)) !== commit;
  }

  /**
   * Forgets what had nothing to get by rules that have changed since; whether there was any. A decision that was under way
   * when they changed comes later than the change.
   */
  forgetOutdated(): boolean {
    const rules = rulesOf(this.options.config());
    const outdated = [...this.settled].filter(([, settled]) => settled.rules !== rules);
    for (const [name] of outdated) {
      this.settled.delete(name);
    }
    return outdated.length > 0;
  }

  /** One pass. Rejects when a retry could help; a number asks for another pass after that many milliseconds. */
  async handle(name: string): Promise<number | undefined> {
    const { gerrit, projects, config } = this.options;
    const rules = rulesOf(config());
    const pipelines = enabledPipelines(config().pipelines).map((pipeline) => pipeline.name);
    const [now, project] = await Promise.all([gerrit.look(name, pipelines), projects.find(name)]);
    if (project !== undefined || now.kind !== 'there' || now.commit === undefined || now.definitions.length === 0) {
      return this.act(name, { gerrit: now, project, by: '' }, rules);
    }
    const by = await gerrit.bringer(name, now.commit, this.hints.get(name));
    return this.creating(() => this.act(name, { gerrit: now, project, by }, rules));
  }

  private async act(name: string, seen: Seen, rules: string): Promise<number | undefined> {
    const decision = this.decide(name, seen);
    const reason =
      decision.kind === 'refuse' ? decision.refusal.reason : decision.kind === 'retire' ? decision.why : '';
    metrics.decisions.inc({ kind: decision.kind, reason });
    const { log } = this.options;
    log[decision.kind === 'nothing' ? 'debug' : 'info']({ project: name, by: seen.by, decision }, 'self-serve decided');
    const again = await this.carryOut(name, seen, decision);
    this.remember(name, seen, decision, rules);
    return again;
  }

  private decide(name: string, { gerrit, project, by }: Seen): SelfServeDecision {
    const { projects, records, config } = this.options;
    const { enabled, most, perOwnerPerDay, deny } = config().selfServe;
    return decide({
      name,
      gerrit,
      project,
      record: records.find(name),
      enabled,
      deniedBy: deny.find((pattern) => RE2JS.compile(pattern).matcher(name).find()),
      budget: { used: projects.countBeside(name), most },
      rate: { served: records.servedSince(by, this.now() - DAY_MS, name), most: perOwnerPerDay },
    });
  }

  private async carryOut(name: string, seen: Seen, decision: SelfServeDecision): Promise<number | undefined> {
    const { projects, records } = this.options;
    switch (decision.kind) {
      case 'nothing':
        await this.keepRecord(name, seen);
        return undefined;
      case 'create':
        return this.create(name, seen, decision);
      case 'update':
        if (decision.visibility !== undefined) {
          await projects.putVisibility(name, decision.visibility);
        }
        await projects.putFound(name, decision);
        await this.keepRecord(name, seen);
        return undefined;
      case 'retire': {
        // Noted first: what is gone without this note was deleted by somebody, and stays away.
        const record = records.find(name) ?? { commit: '', by: '', at: new Date(this.now()).toISOString() };
        await records.put(name, { ...record, ended: true });
        await projects.retire(name);
        return undefined;
      }
      case 'refuse':
        return this.refuse(name, seen.by, decision.refusal);
    }
  }

  private async create(
    name: string,
    { by }: Seen,
    { commit, pipelines, visibility }: Extract<SelfServeDecision, { kind: 'create' }>,
  ): Promise<number | undefined> {
    const { gerrit, projects, records } = this.options;
    if ((await projects.create(name, { by, visibility })) === 'refused-by-the-cluster') {
      return this.refuse(name, by, { reason: 'unsafe-name', commit, limit: 'what the CRD Project allows' });
    }
    await records.put(name, { commit, by, at: new Date(this.now()).toISOString() });
    await projects.putFound(name, { commit, pipelines });
    await gerrit.withdraw(name);
    return undefined;
  }

  private async refuse(name: string, by: string, refusal: Refusal): Promise<number | undefined> {
    const { gerrit, log } = this.options;
    const outcome = await gerrit.tell(name, refusal, by);
    metrics.told.inc({ outcome });
    if (outcome === 'not-allowed') {
      const cure = 'grant the account Push on refs/for/refs/meta/config, and register an address for it';
      log.warn({ project: name, by, refusal, cure }, 'a refusal could not be told in Gerrit');
    }
    return refusal.againAt === undefined ? undefined : Math.max(0, refusal.againAt - this.now()) + SLACK_MS;
  }

  /** Whose Project stands with a definition is noted, so that one that somebody deletes is known to have stood. */
  private async keepRecord(name: string, { gerrit, project }: Seen): Promise<void> {
    const { records } = this.options;
    if (project?.gerritName !== name || gerrit.kind !== 'there' || gerrit.commit === undefined) {
      return;
    }
    const record = records.find(name);
    const isKept = record?.commit === gerrit.commit && record.ended !== true;
    if (!isKept && gerrit.definitions.length > 0) {
      const { by = '', at = new Date(this.now()).toISOString() } = record ?? {};
      await records.put(name, { commit: gerrit.commit, by, at });
    }
  }

  private settledAt(name: string): string | undefined {
    const settled = this.settled.get(name);
    return settled?.rules === rulesOf(this.options.config()) ? settled.commit : undefined;
  }

  private remember(name: string, { gerrit, project }: Seen, decision: SelfServeDecision, rules: string): void {
    this.hints.delete(name);
    const { kind } = decision;
    const waits =
      kind === 'refuse' && (decision.refusal.reason === 'no-room' || decision.refusal.againAt !== undefined);
    if (
      gerrit.kind === 'there' &&
      gerrit.commit !== undefined &&
      project === undefined &&
      kind !== 'create' &&
      !waits
    ) {
      this.settled.set(name, { commit: gerrit.commit, rules });
    } else {
      this.settled.delete(name);
    }
  }
}
