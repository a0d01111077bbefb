import { PRECEDENCES, type Precedence } from '../../../core/pipeline';

/**
 * How many runs of others may go first, one after the other, while a run of a precedence could go. With all four always
 * waiting, of 100 runs at least 20 are gate's, 10 check's and 5 periodic's, and deploy has the rest.
 */
export const PATIENCE: Readonly<Record<Precedence, number>> = {
  deploy: Number.POSITIVE_INFINITY,
  gate: 4,
  check: 9,
  periodic: 19,
};

/** No precedence that could go is passed over more often in a row than this: its patience, and one turn of each other that ran out too. */
export const mostPassedOver = (precedence: Precedence): number =>
  precedence === 'deploy' ? 3 : PATIENCE[precedence] + 2;

/** How often each precedence was passed over since its last turn. */
export type Turns = Record<Precedence, number>;

export const newTurns = (): Turns => ({ deploy: 0, gate: 0, check: 0, periodic: 0 });

/** Whose turn it is among precedences that could go: the highest, unless another has run out of patience. */
export function turnOf(turns: Turns, could: (precedence: Precedence) => boolean): Precedence | undefined {
  let first: Precedence | undefined;
  let overdue: Precedence | undefined;
  for (const precedence of PRECEDENCES) {
    if (could(precedence)) {
      first ??= precedence;
      const over = turns[precedence] - PATIENCE[precedence];
      if (over >= 0 && (overdue === undefined || over > turns[overdue] - PATIENCE[overdue])) {
        overdue = precedence;
      }
    }
  }
  return overdue ?? first;
}

/** Notes that a precedence had its turn while others could have gone. */
export function takeTurn(turns: Turns, taken: Precedence, could: (precedence: Precedence) => boolean): void {
  for (const precedence of PRECEDENCES) {
    turns[precedence] = precedence === taken ? 0 : could(precedence) ? turns[precedence] + 1 : turns[precedence];
  }
}
