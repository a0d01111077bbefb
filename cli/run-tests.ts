import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JestRun, runJest } from './run-jest';
import { failedOnce, mergeSecondTry, planSecondTry } from './second-try';
import { addUp, type JestReport, renderFailures, renderTotals } from './test-totals';

/** Most time for everything `npm test` does; with a warm cache it takes about half of it. */
const LIMIT_MS = 80 * 60_000;

/** Folders of end-to-end tests that share the running system, in the order of `test/support/stage-sequencer.js`. */
const SYSTEM = 'system|teardown';
/** Those that compare the machine before and after: nothing else may run beside them. */
const MACHINE = 'local';

// Servers that tests started may outlive a failed one; the report is complete by then.
const END_TO_END = ['--selectProjects', 'e2e', '--runInBand', '--forceExit'];

/** Of end-to-end tests, those whose path fits. */
const endToEnd = (name: string, pattern: string): Suites => ({
  name,
  args: [...END_TO_END, '--testPathPatterns', pattern],
  onRealParts: true,
});

/** A run of jest in its place among the others. */
interface Suites extends JestRun {
  /** Whether a file that fails is tried a second time, alone (ADR 40). */
  readonly onRealParts?: boolean;
}

/**
 * Runs the unit tests and then the end-to-end tests on the real cluster. Tests that bring what they need run beside those
 * of the system, which wait more than they work. A few end-to-end files that fail are tried once more. At the end it names
 * what failed, at both tries and at the first alone, and prints `N passed, N failed` as the last line. Resolves to the exit
 * code.
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

/**
 * Runs jest once for each entry, stage after stage and side by side within one, all within `limitMs`. Resolves to the exit
 * code.
 */
export async function runSuites(stages: readonly (readonly Suites[])[], limitMs: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-test-'));
  const endsAt = Date.now() + limitMs;
  const run = (suites: Suites) =>
    runJest(suites, join(folder, `${randomUUID()}.json`), Math.max(endsAt - Date.now(), 0));
  try {
    const ended: { readonly suites: Suites; readonly report: JestReport }[] = [];
    for (const stage of stages) {
      ended.push(...(await Promise.all(stage.map(async (suites) => ({ suites, report: await run(suites) })))));
    }
    const files = planSecondTry(ended.filter(({ suites }) => suites.onRealParts).map(({ report }) => report));
    const first = ended.map(({ report }) => report);
    if (files.length === 0) {
      return conclude(first, []);
    }
    const second = await run({ name: 'second try', args: [...END_TO_END, '--runTestsByPath', ...files] });
    return conclude(mergeSecondTry(first, second), failedOnce(first, second));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says what came of it and gives the exit code. */
function conclude(reports: readonly JestReport[], chance: readonly JestReport[]): number {
  const totals = addUp(reports);
  const failures = [
    renderFailures('Failed once, and passed when tried again', chance, process.cwd()),
    renderFailures('Failed', reports, process.cwd()),
  ];
  process.stdout.write(`${failures.join('')}${renderTotals(totals)}\n`);
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}
