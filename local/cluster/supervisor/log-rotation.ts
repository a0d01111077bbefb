import { copyFileSync, existsSync, renameSync, statSync, truncateSync } from 'node:fs';

export const MAX_LOG_BYTES = 20 * 1024 * 1024;
const KEPT = 2;

/**
 * Moves a log aside when it has grown too long. The writer keeps its open file (opened for appending), which is copied
 * and then emptied: a line written between the two is lost, and nothing has to be told to reopen its log.
 */
export function rotateLog(path: string, maxBytes = MAX_LOG_BYTES): boolean {
  if (!existsSync(path) || statSync(path).size < maxBytes) {
    return false;
  }
  for (let age = KEPT - 1; age >= 1; age--) {
    if (existsSync(`${path}.${age}`)) {
      renameSync(`${path}.${age}`, `${path}.${age + 1}`);
    }
  }
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
  return true;
}
