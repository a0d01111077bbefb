import { addUp, failedSuite, type JestReport, renderFailures, renderTotals } from '../../cli/test-totals';

const suite = (status: string, ...statuses: string[]): JestReport => ({
  testResults: [
    {
      name: '/p/test/a.test.ts',
      status,
      message: '',
      assertionResults: statuses.map((each, index) => ({ status: each, fullName: `test ${index}` })),
    },
  ],
});
const clean = suite('passed', 'passed', 'passed', 'passed');

test('adds up the tests of all runs', () => {
  expect(renderTotals(addUp([clean, clean]))).toBe('6 passed, 0 failed');
});

test.each(['failed', 'pending', 'todo', 'skipped'])('counts a test that is %s as failed', (status) => {
  expect(addUp([clean, suite('passed', 'passed', status, status)])).toEqual({ passed: 4, failed: 2 });
});

test('counts a file that failed apart from its tests once, and one whose tests failed by these', () => {
  const broken = { testResults: [failedSuite('unit tests', 'not done within 80 min')] };

  expect(addUp([broken, suite('failed', 'passed'), suite('failed', 'passed', 'failed', 'failed')])).toEqual({
    passed: 2,
    failed: 4,
  });
});

describe('renderFailures', () => {
  const result = (status: string, fullName: string, ...failureMessages: string[]) => ({
    status,
    fullName,
    failureMessages,
  });
  const report = (...testResults: JestReport['testResults']): JestReport => ({ testResults });

  test('is empty when everything passed', () => {
    const passed = {
      name: '/p/test/a.test.ts',
      status: 'passed',
      message: '',
      assertionResults: [result('passed', 'x')],
    };

    expect(renderFailures('Failed', [report(passed)], '/p')).toBe('');
  });

  test('names each test that failed or was skipped, and each file that could not run, with the reason', () => {
    const mixed = {
      name: '/p/test/a.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [
        result('passed', 'it stands'),
        result('failed', 'it falls', '\u001b[31mError: too heavy\u001b[39m\n  at somewhere'),
        result('pending', 'it waits'),
      ],
    };
    const broken = {
      name: '/p/test/b.test.ts',
      status: 'failed',
      message: '  ● Suite\n\n  no such module',
      assertionResults: [],
    };

    const hung = failedSuite('end-to-end tests', 'not done within 70 min');
    expect(renderFailures('Failed', [report(mixed, broken, hung)], '/p')).toBe(
      [
        '',
        'Failed:',
        '  ✕ test/a.test.ts: it falls',
        '      Error: too heavy',
        '  ✕ test/a.test.ts: it waits',
        '      pending',
        '  ✕ test/b.test.ts',
        '      no such module',
        '  ✕ end-to-end tests',
        '      not done within 70 min',
        '',
        '',
      ].join('\n'),
    );
  });
});
