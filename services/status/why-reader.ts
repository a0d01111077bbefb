import pLimit from 'p-limit';
import type { ChangeHistory } from '../../core/change-history';
import type { WorkflowReference } from '../../core/decision';
import type { Pipeline } from '../../core/pipeline';
import { namespaceForProject } from '../../core/project-name';
import { TransientError } from '../shared/errors';
import type { WhyAnswer } from '../shared/why/model-answer';
import { isHidden, modelWhy, runsOf } from '../shared/why/model-why';
import type { Histories, PublicCluster } from './ports';

/** Visitors share one look at a change for this long. Milliseconds. */
const RECENT_FOR_MS = 3_000;
const MOST_RECENT = 200;
/** Looks at the ledger at a time, and how many may wait for theirs: the gateway has better things to do. */
const CONCURRENCY = 4;
const MOST_WAITING = 100;
/** Runs of which it is asked how they are; older ones are named only. */
const MOST_PHASES = 20;

/** A public change as its pages need it. */
interface Look {
  readonly history: ChangeHistory;
  /** Argo's phase by namespace and name of the Workflow. */
  readonly phases: ReadonlyMap<string, string>;
}

export interface WhyReaderOptions {
  readonly cluster: Pick<PublicCluster, 'namespaces' | 'find'>;
  readonly histories: Histories;
  /** Pipelines that stack config has. */
  readonly pipelines: readonly Pipeline[];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Why changes of public projects ran what they ran. */
export class WhyReader {
  private readonly recent = new Map<number, { readonly at: number; readonly look: Promise<Look | undefined> }>();
  private readonly limit = pLimit(CONCURRENCY);

  constructor(private readonly options: WhyReaderOptions) {}

  /**
   * The answer for a change, or for one patch set of it, seen or not. Undefined for a change that was never seen and for
   * one that is not everybody's to see: a visitor cannot tell which. Rejects when the ledger cannot be asked now.
   */
  async find(change: number, patchSet?: number): Promise<WhyAnswer | undefined> {
    const look = await this.look(change);
    if (look === undefined) {
      return undefined;
    }
    const { history, phases } = look;
    const { pipelines } = this.options;
    return modelWhy({ history, pipelines, patchSet, phaseOf: (workflow) => phases.get(idOf(workflow)) });
  }

  private look(change: number): Promise<Look | undefined> {
    const now = (this.options.now ?? Date.now)();
    const known = this.recent.get(change);
    if (known !== undefined && now - known.at <= RECENT_FOR_MS) {
      return known.look;
    }
    if (this.limit.pendingCount >= MOST_WAITING) {
      return Promise.reject(new TransientError('too many visitors ask about changes at once'));
    }
    const look = this.limit(() => this.read(change));
    this.recent.delete(change);
    this.recent.set(change, { at: now, look });
    look.catch(() => this.recent.delete(change));
    const [oldest] = this.recent.keys();
    if (this.recent.size > MOST_RECENT && oldest !== undefined) {
      this.recent.delete(oldest);
    }
    return look;
  }

  private async read(change: number): Promise<Look | undefined> {
    const { cluster, histories } = this.options;
    // Asked first and by itself: of a change that is not public nothing more is read, and no time is spent that tells.
    const project = await histories.projectOfChange(change);
    if (project === undefined || !cluster.namespaces().includes(namespaceForProject(project))) {
      return undefined;
    }
    const history = await histories.history(project, change);
    return history === undefined || isHidden(history)
      ? undefined
      : { history, phases: await this.phasesOf(runsOf(history).slice(0, MOST_PHASES)) };
  }

  private async phasesOf(runs: readonly WorkflowReference[]): Promise<Look['phases']> {
    const phases = await Promise.all(
      runs.map(async (run) => {
        const workflow = await this.options.cluster.find(run.namespace, run.name);
        return workflow?.metadata.uid === run.uid ? ([[idOf(run), workflow.status.phase]] as const) : [];
      }),
    );
    return new Map(phases.flat());
  }
}

const idOf = ({ namespace, name }: Pick<WorkflowReference, 'namespace' | 'name'>): string => `${namespace}/${name}`;
