import { isAbsolute } from 'node:path';
import { type JestReport, type SuiteReport, suiteFails } from './test-totals';

/** Most test files that are tried again: when more fail, it is not chance. */
const MOST_FILES = 3;

/** The files with a failure, absolute, if they are few enough to be tried again; none when a run of jest itself failed. */
export function planSecondTry(reports: readonly JestReport[]): readonly string[] {
  const failed = suitesOf(reports).filter(suiteFails);
  const files = failed.map(({ name }) => name);
  return files.length <= MOST_FILES && files.every(isAbsolute) ? files : [];
}

/** The reports, with what the second try came to in place of the first for the files that it ran. */
export function mergeSecondTry(first: readonly JestReport[], second: JestReport): JestReport[] {
  const again = namesIn([second]);
  return [{ testResults: suitesOf(first).filter(({ name }) => !again.has(name)) }, second];
}

/** Of the first try, the files that failed in it and passed in the second. */
export function failedOnce(first: readonly JestReport[], second: JestReport): JestReport[] {
  const passed = namesIn([{ testResults: second.testResults.filter((suite) => !suiteFails(suite)) }]);
  return [{ testResults: suitesOf(first).filter(({ name }) => passed.has(name)) }];
}

const suitesOf = (reports: readonly JestReport[]): SuiteReport[] => reports.flatMap(({ testResults }) => testResults);
const namesIn = (reports: readonly JestReport[]): Set<string> => new Set(suitesOf(reports).map(({ name }) => name));
