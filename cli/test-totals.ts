import { relative } from 'node:path';
import { z } from 'zod';

const Assertion = z.object({
  status: z.string(),
  fullName: z.string(),
  failureMessages: z.array(z.string()).nullish(),
});

const Suite = z.object({
  /** Absolute path of the test file. */
  name: z.string(),
  status: z.string(),
  /** Why the file could not be run, or all its failures. */
  message: z.string().default(''),
  assertionResults: z.array(Assertion).default([]),
});

/** One test file. */
export type SuiteReport = z.infer<typeof Suite>;

/** What we read of jest's `--json` report. */
export const JestReport = z.object({ testResults: z.array(Suite) });
export type JestReport = z.infer<typeof JestReport>;

export interface Totals {
  readonly passed: number;
  readonly failed: number;
}

/** What stands for a run of jest, or a part of one, that ended without saying which test failed. */
export const failedSuite = (name: string, message: string): SuiteReport => ({
  name,
  status: 'failed',
  message,
  assertionResults: [],
});

/** Adds up reports. A test that was skipped has not shown what its name says, so it counts as failed. */
export function addUp(reports: readonly JestReport[]): Totals {
  const suites = reports.flatMap(({ testResults }) => testResults);
  const passed = suites.flatMap(({ assertionResults }) => assertionResults).filter(hasPassed).length;
  return { passed, failed: suites.reduce((sum, suite) => sum + failuresIn(suite), 0) };
}

const hasPassed = ({ status }: z.infer<typeof Assertion>): boolean => status === 'passed';

export const suiteFails = (suite: SuiteReport): boolean => failuresIn(suite) > 0;

/** A file that failed apart from its tests counts as one. */
function failuresIn({ status, assertionResults }: SuiteReport): number {
  const failed = assertionResults.filter((result) => !hasPassed(result)).length;
  return failed === 0 && status === 'failed' ? 1 : failed;
}

/** Names every test that counts as failed under a title, each with the first line of why; empty when there is none. */
export function renderFailures(title: string, reports: readonly JestReport[], folder: string): string {
  const suites = reports.flatMap(({ testResults }) => testResults);
  const lines = suites.flatMap((suite) => {
    const file = suite.name.startsWith('/') ? relative(folder, suite.name) : suite.name;
    const failed = suite.assertionResults.filter((result) => !hasPassed(result));
    if (failed.length === 0) {
      return suite.status === 'failed' ? [`✕ ${file}`, `    ${firstLine(suite.message)}`] : [];
    }
    return failed.flatMap(({ fullName, status, failureMessages }) => {
      const why = status === 'failed' ? firstLine(failureMessages?.[0] ?? '') : status;
      return [`✕ ${file}: ${fullName}`, `    ${why}`];
    });
  });
  return lines.length === 0 ? '' : `\n${title}:\n${lines.map((line) => `  ${line}\n`).join('')}\n`;
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

const firstLine = (text: string): string =>
  text
    .replace(ESCAPES, '')
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('●')) ?? 'no reason given';

/** The closing line of `npm test`. */
export const renderTotals = ({ passed, failed }: Totals): string => `${passed} passed, ${failed} failed`;
