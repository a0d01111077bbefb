import type { GerritEvent } from '../../../core/gerrit-event';
import type { GerritIntake } from '../gerrit-intake';
import type { AskedSource, RecoveredEvent } from '../gerrit-source';
import type { Ledger } from '../ledger/ledger';
import type { RefTip } from '../ledger/model-record';
import { OverdueMoves } from './model-overdue-moves';

export interface RefSweepOptions {
  readonly tips: { list(): AsyncIterable<RefTip> };
  readonly ledger: Pick<Ledger, 'tipOf' | 'recordTips'>;
  readonly intake: Pick<GerritIntake, 'takeEvent'>;
  /** False while another source says every move: the net one beside them would act once more. */
  readonly isNeeded: () => boolean;
}

/**
 * Compares the tips of branches with the last ones the ledger knows, and takes the net move of one that moved while nobody said so.
 * A branch that is seen for the first time is noted, and nothing more.
 */
export class RefSweep implements AskedSource {
  readonly name = 'rest';
  private readonly moves = new OverdueMoves();

  constructor(private readonly options: RefSweepOptions) {}

  async read(): Promise<RecoveredEvent[]> {
    const { isNeeded, ledger, tips } = this.options;
    const recovered: RecoveredEvent[] = [];
    const noted: RefTip[] = [];
    for await (const tip of isNeeded() ? tips.list() : []) {
      const known = ledger.tipOf(tip);
      if (known === undefined) {
        noted.push(tip);
      } else if (known === tip.revision) {
        this.moves.forget(nameOf(tip));
      } else if (this.moves.isOverdue(nameOf(tip), known, tip.revision, Date.now())) {
        recovered.push(...(await this.take(tip, known)));
      }
    }
    await ledger.recordTips(noted);
    return recovered;
  }

  private async take(tip: RefTip, oldRev: string): Promise<RecoveredEvent[]> {
    const { intake, ledger } = this.options;
    const refUpdate = { project: tip.project, refName: tip.ref, oldRev, newRev: tip.revision };
    const event: GerritEvent = { type: 'ref-updated', source: this.name, refUpdate };
    if ((await intake.takeEvent(event)) === 'recorded') {
      return [{ event, at: Date.now() }];
    }
    // It was there and back: the move is known, and where it led is where the ref is again.
    await ledger.recordTips([tip]);
    return [];
  }
}

const nameOf = ({ project, ref }: RefTip): string => JSON.stringify([project, ref]);
