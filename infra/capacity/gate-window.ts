/** At first, three windows in four have no failure: a failure throws away the tests of all changes behind it. */
const INITIAL_SUCCESS = 0.75;
/** At least, nine in ten. */
const FLOOR_SUCCESS = 0.9;
const LARGEST_WINDOW = 100;

/**
 * Changes a dependent pipeline tests at once, from the share of changes that fail: the most with which a whole window
 * still passes with probability 3/4 at first, and 9/10 at the floor. Failures are taken as independent. At 5 % that is 5
 * and 2 (0.774 and 0.903), the window Wikimedia's Zuul ran with.
 *
 * @param failureRate between 0 and 1, both excluded
 */
export function gateWindow(failureRate: number): { initial: number; floor: number } {
  return { initial: largest(failureRate, INITIAL_SUCCESS), floor: largest(failureRate, FLOOR_SUCCESS) };
}

/** Probability that none of so many changes fails. */
export const probabilityOfNoFailure = (failureRate: number, changes: number): number => (1 - failureRate) ** changes;

function largest(failureRate: number, success: number): number {
  // (1 - p)^w >= s, solved for w; never less than one change, never more than makes sense to queue.
  const window = Math.floor(Math.log(success) / Math.log(1 - failureRate));
  return Math.min(LARGEST_WINDOW, Math.max(1, window));
}
