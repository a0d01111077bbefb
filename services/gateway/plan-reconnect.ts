/** Why a connection to Gerrit ended or never came about. */
export type StreamEnd =
  /** It was up and broke, or Gerrit is not there: it may be back any moment. */
  | 'lost'
  /** Gerrit answered, and does not let us: waiting helps little. */
  | 'denied'
  /** The host is not the pinned one: never, until somebody looks. */
  | 'wrong-host-key';

const FIRST_MS = 500;
/** Gerrit must see us within 15 s of its return, a failed attempt and the handshake included. */
const MOST_MS: Readonly<Record<StreamEnd, number>> = { lost: 5_000, denied: 30_000, 'wrong-host-key': 60_000 };

/**
 * Wait before the next attempt, milliseconds: 0.5 s doubling up to what the reason allows, less up to a half by chance.
 *
 * @param failures attempts in a row that failed, this one included; 0 after a connection that worked
 * @param random from 0 to 1
 */
export function planReconnect(end: StreamEnd, failures: number, random: number): number {
  const wait = Math.min(FIRST_MS * 2 ** Math.min(failures, 20), MOST_MS[end]);
  return Math.round(wait * (1 - random / 2));
}
