import { addUp, failedRun, type JestReport, renderFailures, renderTotals } from '../../cli/test-totals';

const clean: JestReport = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
};

test('adds up the tests of all runs', () => {
  expect(renderTotals(addUp([clean, clean]))).toBe('6 passed, 0 failed');
});

test.each(['numFailedTests', 'numPendingTests', 'numTodoTests', 'numRuntimeErrorTestSuites'] as const)(
  'counts %s as failed',
  (field) => {
    expect(addUp([clean, { ...clean, [field]: 2 }])).toEqual({ passed: 6, failed: 2 });
  },
);

describe('renderFailures', () => {
  const result = (status: string, fullName: string, ...failureMessages: string[]) => ({
    status,
    fullName,
    failureMessages,
  });
  const report = (...testResults: JestReport['testResults']): JestReport => ({ ...clean, testResults });

  test('is empty when everything passed', () => {
    const passed = {
      name: '/p/test/a.test.ts',
      status: 'passed',
      message: '',
      assertionResults: [result('passed', 'x')],
    };

    expect(renderFailures([report(passed)], '/p')).toBe('');
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

    expect(renderFailures([report(mixed, broken), failedRun('end-to-end tests', 'not done within 70 min')], '/p')).toBe(
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
