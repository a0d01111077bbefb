import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JestRun, runJest } from './run-jest';
import { addUp, type JestReport, renderFailures, renderTotals } from './test-totals';

/** Most time for everything `npm test` does; with a warm cache it takes about half of it. */
const LIMIT_MS = 80 * 60_000;

/** Folders of end-to-end tests that share the running system, in the order of `test/support/stage-sequencer.js`. */
const SYSTEM = 'system|teardown';
/** Those that compare the machine before and after: nothing else may run beside them. */
const MACHINE = 'local';

/** Of end-to-end tests, those whose path fits. */
function endToEnd(name: string, pattern: string): JestRun {
  // Servers that tests started may outlive a failed one; the report is complete by then.
  return { name, args: ['--selectProjects', 'e2e', '--runInBand', '--forceExit', '--testPathPatterns', pattern] };
}

/**
 * Runs the unit tests and then the end-to-end tests on the real cluster. Tests that bring what they need run beside those
 * of the system, which wait more than they work. At the end it names what failed and prints `N passed, N failed` as the
 * last line. Resolves to the exit code.
 */
export function runTests(): Promise<number> {
  return runSuites(
    [
      [{ name: 'unit tests', args: ['--selectProjects', 'unit'] }],
      [
        endToEnd('end-to-end tests of the system', `/e2e/(${SYSTEM})/`),
        endToEnd('end-to-end tests beside it', `/e2e/(?!(${SYSTEM}|${MACHINE})/)`),
      ],
      [endToEnd('end-to-end tests of the machine', `/e2e/(${MACHINE})/`)],
    ],
    LIMIT_MS,
  );
}

/** Runs jest once for each entry, stage after stage and side by side within one, all within `limitMs`. Resolves to the exit code. */
export async function runSuites(stages: readonly (readonly JestRun[])[], limitMs: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-test-'));
  const endsAt = Date.now() + limitMs;
  try {
    const reports: JestReport[] = [];
    for (const [stage, runs] of stages.entries()) {
      const left = Math.max(endsAt - Date.now(), 0);
      reports.push(
        ...(await Promise.all(runs.map((run, index) => runJest(run, join(folder, `${stage}-${index}.json`), left)))),
      );
    }
    const totals = addUp(reports);
    process.stdout.write(`${renderFailures(reports, process.cwd())}${renderTotals(totals)}\n`);
    return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
