/** Work that comes in: builds in the order they come, as long as they last, independent of each other. */
export interface Load {
  /** Builds that would run at once on average if none had to wait: arrivals a second × mean seconds (Little's law). */
  readonly erlangs: number;
  /** Mean duration of a build. */
  readonly meanSeconds: number;
}

/** How long a build may wait for a slot. */
export interface WaitGoal {
  /** Longest wait that is good. */
  readonly seconds: number;
  /** Share of builds that must wait no longer: 0.95 for 95 %. */
  readonly share: number;
}

/**
 * Probability that a build finds every slot taken and must wait (Erlang C, M/M/c). 1 when the slots never catch up.
 * Stable for thousands of slots: the recursion of Erlang B stays within 0 and 1, so nothing over- or underflows.
 *
 * @see A. K. Erlang, "Solution of some problems in the theory of probabilities" (1917)
 */
export function probabilityOfWaiting(slots: number, erlangs: number): number {
  if (erlangs <= 0) return 0;
  if (slots <= erlangs) return 1;
  let blocked = 1;
  for (let slot = 1; slot <= slots; slot += 1) {
    blocked = nextBlocked(blocked, slot, erlangs);
  }
  return waiting(blocked, slots, erlangs);
}

/** Probability that a build waits longer than `seconds`. */
export function probabilityOfWaitingLonger(slots: number, { erlangs, meanSeconds }: Load, seconds: number): number {
  const wait = probabilityOfWaiting(slots, erlangs);
  return slots <= erlangs ? wait : wait * decay(slots, erlangs, seconds / meanSeconds);
}

/** How long that share of builds waits at most, in seconds; infinite when the slots never catch up. */
export function waitOf(slots: number, { erlangs, meanSeconds }: Load, share: number): number {
  const wait = probabilityOfWaiting(slots, erlangs);
  if (wait <= 1 - share) return 0;
  if (slots <= erlangs) return Number.POSITIVE_INFINITY;
  return (Math.log(wait / (1 - share)) * meanSeconds) / (slots - erlangs);
}

/** Fewest slots with which the goal holds. Throws when the load or the goal is impossible. */
export function slotsFor(load: Load, goal: WaitGoal): number {
  const { erlangs, meanSeconds } = load;
  check('erlangs', erlangs, erlangs >= 0, 'at least 0');
  check('meanSeconds', meanSeconds, meanSeconds > 0, 'more than 0');
  check('seconds', goal.seconds, goal.seconds >= 0, 'at least 0');
  check('share', goal.share, goal.share > 0 && goal.share < 1, 'between 0 and 1');
  if (erlangs === 0) return 0;
  let blocked = 1;
  for (let slots = 1; ; slots += 1) {
    blocked = nextBlocked(blocked, slots, erlangs);
    const late = waiting(blocked, slots, erlangs) * decay(slots, erlangs, goal.seconds / meanSeconds);
    if (slots > erlangs && late <= 1 - goal.share) return slots;
  }
}

/** Most erlangs that so many slots carry while the goal holds, to a millionth. */
export function erlangsCarried(slots: number, meanSeconds: number, goal: WaitGoal): number {
  let [carried, tooMuch] = [0, slots];
  while (tooMuch - carried > 1e-6) {
    const erlangs = (carried + tooMuch) / 2;
    const late = probabilityOfWaitingLonger(slots, { erlangs, meanSeconds }, goal.seconds);
    if (late <= 1 - goal.share) carried = erlangs;
    else tooMuch = erlangs;
  }
  return carried;
}

/** Erlang B with one slot more. */
const nextBlocked = (blocked: number, slots: number, erlangs: number): number =>
  (erlangs * blocked) / (slots + erlangs * blocked);

/** Erlang C from Erlang B. */
const waiting = (blocked: number, slots: number, erlangs: number): number =>
  slots <= erlangs ? 1 : blocked / (1 - (erlangs / slots) * (1 - blocked));

/** Share of waits that last longer than so many mean durations. */
const decay = (slots: number, erlangs: number, durations: number): number => Math.exp(-(slots - erlangs) * durations);

function check(name: string, value: number, good: boolean, allowed: string): void {
  if (!(good && Number.isFinite(value))) throw new Error(`${name} is ${value}; it must be ${allowed}`);
}
