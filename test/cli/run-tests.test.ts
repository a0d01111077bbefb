import { runSuites } from '../../cli/run-tests';
import { type StandInJest, standInJest } from './stand-in-jest';

let jestScript: StandInJest | undefined;
let printed: string;
beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  jestScript?.remove();
});

/** A report of one file with one test. */
const report = (status: 'passed' | 'failed') =>
  JSON.stringify({
    testResults: [
      {
        name: `${process.cwd()}/test/a.test.ts`,
        status,
        message: '',
        assertionResults: [{ status, fullName: 'it stands', failureMessages: ['Error: not yet'] }],
      },
    ],
  });

/** Runs one file on real parts, which comes to `first` and, when it is tried again, to `second`. */
function run(first: 'passed' | 'failed', second: 'passed' | 'failed', onRealParts = true): Promise<number> {
  jestScript = standInJest(
    `case "$*" in *--runTestsByPath*) echo '${report(second)}';; *) echo '${report(first)}';; esac >"$OUT"`,
  );
  return runSuites([[{ name: 'tests', args: [], onRealParts }]], 60_000);
}

describe('runSuites', () => {
  test('ends with the totals', async () => {
    expect(await run('passed', 'failed')).toBe(0);
    expect(printed).toBe('1 passed, 0 failed\n');
  });

  test('tries a failed file on real parts once more, and names it when it passes then', async () => {
    expect(await run('failed', 'passed')).toBe(0);
    expect(printed).toBe(
      '\nFailed once, and passed when tried again:\n  ✕ test/a.test.ts: it stands\n      Error: not yet\n\n1 passed, 0 failed\n',
    );
  });

  test.each([
    ['one that fails twice', true],
    ['one that needs no real parts', false],
  ])('fails for %s', async (_, onRealParts) => {
    expect(await run('failed', onRealParts ? 'failed' : 'passed', onRealParts)).toBe(1);
    expect(printed).toBe('\nFailed:\n  ✕ test/a.test.ts: it stands\n      Error: not yet\n\n0 passed, 1 failed\n');
  });
});
