import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { addUp, failedSuite, JestReport } from './test-totals';

/** One run of jest. */
export interface JestRun {
  /** What people call it. */
  readonly name: string;
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How long jest may take to end when it is told to, before it is killed. */
const GRACE_MS = 10_000;

/**
 * Runs jest, with its progress on standard error, and resolves to its report. A run that hangs, dies or leaves no report is
 * a report with one failure that says so.
 *
 * @param reportFile where jest is to write its report
 * @param limitMs when it is ended, with everything it started in its process group
 */
export async function runJest(run: JestRun, reportFile: string, limitMs: number): Promise<JestReport> {
  const ended = await waitForJest(run, reportFile, limitMs);
  const failed = (why: string, { testResults }: JestReport = { testResults: [] }): JestReport => ({
    testResults: [...testResults, failedSuite(run.name, why)],
  });
  if (ended.kind === 'hung') {
    return failed(`not done within ${Math.round(limitMs / 60_000)} min; see above for the last test file it ended`);
  }
  const report = readReport(reportFile);
  if (report === undefined) return failed(`jest ended with ${ended.how} and no report, see above`);
  if (ended.how === 'code 0' || addUp([report]).failed > 0) return report;
  return failed(`jest ended with ${ended.how} though no test failed, see above`, report);
}

type Ended = { readonly kind: 'ended'; readonly how: string } | { readonly kind: 'hung' };

function waitForJest({ args, env }: JestRun, reportFile: string, limitMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const jest = spawn('jest', ['--json', `--outputFile=${reportFile}`, ...args], {
      // jest writes its JSON to standard output too; people read its progress on standard error.
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
      // A process group of its own, so that what hangs below it can be ended with it.
      detached: true,
    });
    let hung = false;
    const limit = setTimeout(() => {
      hung = true;
      endGroup(jest);
    }, limitMs);
    const pass = (signal: NodeJS.Signals) => void signalGroup(jest, signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    jest.once('error', reject);
    jest.once('exit', (code, signal) => {
      clearTimeout(limit);
      process.off('SIGINT', pass).off('SIGTERM', pass);
      resolve(hung ? { kind: 'hung' } : { kind: 'ended', how: signal ?? `code ${code}` });
    });
  });
}

function endGroup(jest: ChildProcess): void {
  signalGroup(jest, 'SIGTERM');
  const kill = setTimeout(() => signalGroup(jest, 'SIGKILL'), GRACE_MS);
  jest.once('exit', () => {
    clearTimeout(kill);
    signalGroup(jest, 'SIGKILL');
  });
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // Everything in it has ended.
  }
}

function readReport(file: string): JestReport | undefined {
  try {
    return JestReport.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
