import type { Decision } from '../../core/decision';
import { definitionPath } from '../../core/pipeline';
import type { Logger } from '../shared/log';
import type { Facts } from './decide';
import type { Ledger, MadeRun, Pair, Workflows } from './ports';
import { renderIdentity, subjectOf } from './render-identity';

/** Characters. */
const MOST_REASON = 1_000;

export interface DecisionRecorderOptions {
  readonly ledger: Pick<Ledger, 'putDecision'>;
  readonly workflows: Pick<Workflows, 'find'>;
  readonly log: Logger;
}

/** Tells the ledger what was decided, so that whatever is lost on the way the same is said again. */
export class DecisionRecorder {
  /** Decisions that the ledger may have, for its answer was lost: nothing else is decided of their pairs. */
  private readonly said = new Map<string, Decision>();
  /** Last reason recorded for a pair that waits, so that each is said once. */
  private readonly queuedReasons = new Map<string, string>();

  constructor(private readonly options: DecisionRecorderOptions) {}

  /** What was decided of a pair, and may have been recorded. */
  unanswered(pair: Pair): Decision | undefined {
    return this.said.get(idOf(pair));
  }

  /** Offers a decision to the ledger, which keeps the first terminal one. */
  async put(pair: Pair, decision: Decision): Promise<'recorded' | 'another-stands' | 'unknown'> {
    // A run that was made is met again by its name; of anything else only the same word again is safe.
    if (decision.kind !== 'spawned') {
      this.said.set(idOf(pair), decision);
    }
    const answer = await this.options.ledger.putDecision(pair.key, pair.pipeline, decision);
    this.said.delete(idOf(pair));
    if (answer !== 'recorded') {
      this.options.log.warn(
        { key: pair.key, pipeline: pair.pipeline, kind: decision.kind, answer },
        'decision not taken',
      );
    }
    return answer;
  }

  /**
   * Records that nothing runs. A try before this one may have made the run and died, or not have heard that it did: then
   * that is what became of the event, whatever would be decided today.
   */
  async record(pair: Pair, decision: Decision, facts: Facts): Promise<Decision> {
    const made = await this.findMade(facts);
    const stands: Decision = made === undefined ? decision : { kind: 'spawned', ...made };
    await this.put(pair, stands);
    return stands;
  }

  /** What is wrong is with the definition as a whole, not in a line of it. */
  reject(pair: Pair, definitionCommit: string, message: string, facts: Facts): Promise<Decision> {
    const file = definitionPath(pair.pipeline);
    const findings = [{ path: file, line: 1, column: 1, message: cut(message) }];
    return this.record(pair, { kind: 'rejected', file, definitionCommit, findings }, facts);
  }

  /** Nobody can decide it any more, whatever is tried. */
  deadLetter(pair: Pair, reason: string, facts: Facts): Promise<Decision> {
    return this.record(pair, { kind: 'dead-lettered', reason: cut(reason) }, facts);
  }

  /** Records why a pair waits, unless that was the last word on it. */
  async wait(pair: Pair, reason: string): Promise<void> {
    if (this.queuedReasons.get(idOf(pair)) !== reason) {
      await this.options.ledger.putDecision(pair.key, pair.pipeline, { kind: 'queued', reason: cut(reason) });
      this.queuedReasons.set(idOf(pair), reason);
      this.options.log.info({ key: pair.key, pipeline: pair.pipeline, reason }, 'waiting');
    }
  }

  /** A pair is not waited with any more. */
  forget(pair: Pair): void {
    this.queuedReasons.delete(idOf(pair));
  }

  private async findMade({ project, event, ...facts }: Facts): Promise<MadeRun | undefined> {
    const subject = subjectOf(event);
    return project.kind === 'ready' && subject !== undefined
      ? this.options.workflows.find(project.namespace, renderIdentity(facts, subject))
      : undefined;
  }
}

const idOf = ({ key, pipeline }: Pair): string => `${pipeline} ${key}`;

const cut = (text: string): string => (text.length > MOST_REASON ? `${text.slice(0, MOST_REASON)}…` : text);
