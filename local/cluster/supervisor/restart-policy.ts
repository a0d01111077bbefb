/** Milliseconds before a process that died is started again: quick at first, because parts wait for each other. */
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 15_000;
/** A process that lived this long begins again with the first delay. */
const SETTLED_MS = 60_000;

export type RestartHistory = Readonly<{ consecutive: number }>;

export const FIRST_START: RestartHistory = { consecutive: 0 };

/** How long to wait before starting again a process that has just died after `livedMs`, and the history to keep. */
export function nextRestart(history: RestartHistory, livedMs: number): { delayMs: number; history: RestartHistory } {
  const consecutive = livedMs >= SETTLED_MS ? 1 : history.consecutive + 1;
  const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (consecutive - 1));
  return { delayMs, history: { consecutive } };
}
