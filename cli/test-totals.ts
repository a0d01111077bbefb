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

/** What we read of jest's `--json` report. */
export const JestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  numRuntimeErrorTestSuites: z.int(),
  testResults: z.array(Suite).default([]),
});
export type JestReport = z.infer<typeof JestReport>;

export interface Totals {
  readonly passed: number;
  readonly failed: number;
}

/** A report for a run of jest that ended without writing one: nothing passed, and the run itself failed. */
export function failedRun(name: string, message: string): JestReport {
  return {
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 1,
    testResults: [{ name, status: 'failed', message, assertionResults: [] }],
  };
}

/** Adds up reports. A test that was skipped has not shown what its name says, so it counts as failed. */
export function addUp(reports: readonly JestReport[]): Totals {
  return reports.reduce<Totals>(
    (totals, report) => ({
      passed: totals.passed + report.numPassedTests,
      failed:
        totals.failed +
        report.numFailedTests +
        report.numPendingTests +
        report.numTodoTests +
        report.numRuntimeErrorTestSuites,
    }),
    { passed: 0, failed: 0 },
  );
}

/** Names every test that counts as failed, each with the first line of why; empty when there is none. */
export function renderFailures(reports: readonly JestReport[], folder: string): string {
  const suites = reports.flatMap(({ testResults }) => testResults);
  const lines = suites.flatMap((suite) => {
    const file = suite.name.startsWith('/') ? relative(folder, suite.name) : suite.name;
    const failed = suite.assertionResults.filter(({ status }) => status !== 'passed');
    if (failed.length === 0) {
      return suite.status === 'failed' ? [`✕ ${file}`, `    ${firstLine(suite.message)}`] : [];
    }
    return failed.flatMap(({ fullName, status, failureMessages }) => {
      const why = status === 'failed' ? firstLine(failureMessages?.[0] ?? '') : status;
      return [`✕ ${file}: ${fullName}`, `    ${why}`];
    });
  });
  return lines.length === 0 ? '' : `\nFailed:\n${lines.map((line) => `  ${line}\n`).join('')}\n`;
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
