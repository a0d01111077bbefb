import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks again and again until `look` gives something that is neither undefined nor false. Rejects with what it waited
 * for, and what it saw last, when that takes longer than `timeoutMs`.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  timeoutMs = 120_000,
  everyMs = 250,
): Promise<T> {
  const giveUpAt = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) {
        return seen;
      }
      last = seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`${what}: not within ${timeoutMs / 1000} s; last seen: ${String(last)}`);
    }
    await sleep(everyMs);
  }
}
