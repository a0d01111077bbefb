import { failedOnce, mergeSecondTry, planSecondTry } from '../../cli/second-try';
import { addUp, failedSuite, type JestReport, type SuiteReport } from '../../cli/test-totals';

const suite = (name: string, ...statuses: string[]): SuiteReport => ({
  name,
  status: statuses.includes('failed') ? 'failed' : 'passed',
  message: '',
  assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
});
const report = (...testResults: SuiteReport[]): JestReport => ({ testResults });

describe('planSecondTry', () => {
  test('names the files that failed, of all runs', () => {
    const first = report(suite('/a', 'passed'), suite('/b', 'passed', 'failed'));

    expect(planSecondTry([first, report(failedSuite('/c', 'beforeAll: no cluster'))])).toEqual(['/b', '/c']);
  });

  test.each([
    ['nothing failed', [suite('/a', 'passed')]],
    ['more failed than chance explains', ['/a', '/b', '/c', '/d'].map((name) => suite(name, 'failed'))],
    ['a run was cut off', [suite('/a', 'failed'), failedSuite('end-to-end tests', 'not done within 80 min')]],
  ])('names none when %s', (_, suites) => {
    expect(planSecondTry([report(...suites)])).toEqual([]);
  });
});

describe('the second try', () => {
  const first = [report(suite('/a', 'passed', 'failed'), suite('/b', 'failed')), report(suite('/c', 'passed'))];

  test('counts for the files that it ran, whatever became of them', () => {
    const second = report(suite('/a', 'passed', 'passed'), suite('/b', 'failed'));

    expect(addUp(mergeSecondTry(first, second))).toEqual({ passed: 3, failed: 1 });
    expect(failedOnce(first, second)).toEqual([report(suite('/a', 'passed', 'failed'))]);
  });

  test('leaves what failed before as it is when it is cut off itself', () => {
    const second = report(failedSuite('second try', 'not done within 1 min'));

    expect(addUp(mergeSecondTry(first, second))).toEqual({ passed: 2, failed: 3 });
    expect(failedOnce(first, second)).toEqual([report()]);
  });
});
