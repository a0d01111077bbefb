import type { GerritEvent } from '../../../core/gerrit-event';
import type { RefTip } from './model-record';

const GONE = /^0+$/;
/** REST takes a move for one when the ref has been where it is for longer; clocks differ by less. Milliseconds. */
const CLOCKS_DIFFER_MS = 30_000;

interface Followed {
  readonly tip: RefTip;
  readonly segment: number;
  /** Every move of before this is in the net one that REST told. Milliseconds since 1970. */
  readonly toldUntil?: number | undefined;
}

/** Where followed refs were last known to be. */
export class RefTips {
  private readonly tips = new Map<string, Followed>();

  /** Revision that a ref was last known at; undefined: it is not followed, or gone. */
  of(ref: Pick<RefTip, 'project' | 'ref'>): string | undefined {
    return this.tips.get(nameOf(ref))?.tip.revision;
  }

  /** Whether a move at a moment is one of those that a net move has told. */
  isTold(ref: Pick<RefTip, 'project' | 'ref'>, at: number): boolean {
    return at <= (this.tips.get(nameOf(ref))?.toldUntil ?? 0);
  }

  /** Follows refs from where they are. */
  note(tips: readonly RefTip[], segment: number): void {
    for (const tip of tips) {
      this.tips.set(nameOf(tip), { tip, segment });
    }
  }

  /** Moves a ref that is followed. `at`: when that was recorded. */
  apply({ type, refUpdate, source }: GerritEvent, at: string, segment: number): void {
    if (type !== 'ref-updated' || refUpdate === undefined) {
      return;
    }
    const tip = { project: refUpdate.project, ref: refUpdate.refName, revision: refUpdate.newRev };
    const known = this.tips.get(nameOf(tip));
    if (GONE.test(tip.revision)) {
      this.tips.delete(nameOf(tip));
    } else if (known !== undefined) {
      const toldUntil = source === 'rest' ? Date.parse(at) - CLOCKS_DIFFER_MS : known.toldUntil;
      this.tips.set(nameOf(tip), { tip, segment, toldUntil });
    }
  }

  /** Tips that lie in segments up to and including `last`: to be written again before those are deleted. */
  through(last: number): RefTip[] {
    return [...this.tips.values()].flatMap(({ tip, segment }) => (segment <= last ? tip : []));
  }
}

const nameOf = ({ project, ref }: Pick<RefTip, 'project' | 'ref'>): string => JSON.stringify([project, ref]);
