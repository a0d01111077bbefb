import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECTS } from '../gateway/stream-lines';
import { EventPath } from './event-path';

/** Lines that come in one piece: some 64 KiB. */
const LINES_A_CHUNK = 40;
/** Runs under way at most, as a quota would have it. */
const MOST_UNDER_WAY = 500;
const BYTES_PER_MIB = 1024 * 1024;

/** Argument: a folder for the ledger, then numbers of events, ascending. Sends what it holds after each of them, garbage collected. */
async function main([folder = '', ...counts]: readonly string[]): Promise<void> {
  const path = await EventPath.open(folder, PROJECTS);
  let fed = 0;
  for (const count of counts.map(Number)) {
    for (; fed < count; fed += LINES_A_CHUNK) {
      await path.feed(fed, Math.min(count, fed + LINES_A_CHUNK));
      while (path.underWay > MOST_UNDER_WAY) await sleep(1);
    }
    while (path.underWay > 0) await sleep(10);
    await path.flush();
    process.send?.({ events: count, runs: path.runs, ...memoryNow() });
  }
  process.exit(0);
}

/** MiB: resident, and of it what is in use by objects and buffers. */
function memoryNow(): { readonly resident: number; readonly used: number } {
  if (globalThis.gc === undefined) throw new Error('start the worker with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss / BYTES_PER_MIB, used: (heapUsed + external) / BYTES_PER_MIB };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
