import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Id of a process together with its start time, so that a reused id is not taken for it; undefined when it is gone. */
function identify(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may itself hold blanks and parentheses. Start time is field 22 of the line.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${pid} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** The living process that holds the lock; undefined when nobody does. */
function holder(file: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const pid = Number.parseInt(text, 10);
  return identify(pid) === text ? pid : undefined;
}

/**
 * Runs `work` while holding the lock file; waits for whoever holds it. A lock whose holder is gone is taken over.
 *
 * @param onWait called once, with the process id waited for
 */
export async function withLock<T>(file: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const own = `${file}.${randomUUID()}`;
  writeFileSync(own, identify(process.pid) ?? '');
  let told = false;
  for (;;) {
    try {
      // A hard link appears with its contents or not at all, so nobody reads a half-written lock.
      linkSync(own, file);
      break;
    } catch (error) {
      if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const pid = holder(file);
    if (pid === undefined) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) onWait(pid);
    told = true;
    await sleep(500);
  }
  rmSync(own, { force: true });
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
