import { setTimeout as sleep } from 'node:timers/promises';
import { fetch } from 'undici';

const LOOK_EVERY_MS = 50;
/** What is written beside the objects, such as a lease, must not start the clock. */
const FIRST_KEYS = 20;

/** How many keys etcd holds. Throws when its metrics do not say. */
export async function etcdKeys(etcdUrl: string): Promise<number> {
  const text = await (await fetch(`${etcdUrl}/metrics`)).text();
  const found = /^etcd_debugging_mvcc_keys_total ([0-9.e+]+)$/m.exec(text);
  if (found === null) throw new Error(`${etcdUrl}/metrics does not say how many keys there are`);
  return Number(found[1]);
}

/** Objects that came to be, as etcd saw it. */
export interface Growth {
  /** Keys between the two looks. */
  readonly objects: number;
  readonly seconds: number;
}

/**
 * Waits until there are `expected` more keys than `before`. The time is from the first of them to the last, so that neither a
 * client's start nor its end counts, and is seen from outside of whoever writes.
 *
 * @param onFirst called when the clock starts
 * @throws when the count stands still for `stallMs`
 */
export async function untilKeys(
  etcdUrl: string,
  { before, expected, stallMs = 60_000 }: { before: number; expected: number; stallMs?: number },
  onFirst: () => void,
): Promise<Growth> {
  let first: { keys: number; at: number } | undefined;
  let last = { keys: before, at: performance.now() };
  for (;;) {
    const keys = await etcdKeys(etcdUrl);
    const at = performance.now();
    if (first === undefined && keys >= before + FIRST_KEYS) {
      first = { keys, at };
      onFirst();
    }
    if (keys > last.keys) last = { keys, at };
    if (first !== undefined && keys >= before + expected) {
      return { objects: keys - first.keys, seconds: (at - first.at) / 1000 };
    }
    if (at - last.at > stallMs) {
      throw new Error(`${keys - before} of ${expected} objects are there, and no more for ${stallMs / 1000} s`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}
