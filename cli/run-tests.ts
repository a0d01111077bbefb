import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JestRun, runJest } from './run-jest';
import { addUp, type JestReport, renderFailures, renderTotals } from './test-totals';

/** Most time for everything `npm test` does; with a warm cache it takes well under half of it. */
const LIMIT_MS = 70 * 60_000;

/**
 * Runs the unit tests and then the end-to-end tests on the real cluster. At the end it names what failed and prints
 * `N passed, N failed` as the last line. Resolves to the exit code.
 */
export function runTests(): Promise<number> {
  return runSuites(
    [
      { name: 'unit tests', args: ['--selectProjects', 'unit'] },
      // Servers that tests started may outlive a failed one; the report is complete by then.
      { name: 'end-to-end tests', args: ['--selectProjects', 'e2e', '--runInBand', '--forceExit'] },
    ],
    LIMIT_MS,
  );
}

/** Runs jest once for each entry, one after another, all within `limitMs`. Resolves to the exit code. */
export async function runSuites(runs: readonly JestRun[], limitMs: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-test-'));
  const endsAt = Date.now() + limitMs;
  try {
    const reports: JestReport[] = [];
    for (const [index, run] of runs.entries()) {
      reports.push(await runJest(run, join(folder, `${index}.json`), Math.max(endsAt - Date.now(), 0)));
    }
    const totals = addUp(reports);
    process.stdout.write(`${renderFailures(reports, process.cwd())}${renderTotals(totals)}\n`);
    return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
