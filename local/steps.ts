import { renderDuration } from './toolchain/progress';

/** Runs one step of a command and says on `out` what it was and how long it took. */
export async function step<T>(
  what: string,
  work: () => Promise<T>,
  out: { write(text: string): unknown } = process.stderr,
): Promise<T> {
  const startedMs = Date.now();
  const result = await work();
  const tookMs = Date.now() - startedMs;
  out.write(`${what}: ${tookMs < 1000 ? `${tookMs}ms` : renderDuration(tookMs)}\n`);
  return result;
}
