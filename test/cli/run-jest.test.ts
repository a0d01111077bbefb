import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runJest } from '../../cli/run-jest';
import { type StandInJest, standInJest } from './stand-in-jest';

let jestScript: StandInJest;
afterEach(() => jestScript.remove());

/** Runs a shell script in jest's place. */
function run(script: string, limitMs = 60_000) {
  jestScript = standInJest(script);
  return runJest({ name: 'tests', args: [] }, join(jestScript.folder, 'report.json'), limitMs);
}

const passed = { status: 'passed', fullName: 'it stands' };
const report = JSON.stringify({
  testResults: [{ name: '/p/a.test.ts', status: 'passed', message: '', assertionResults: [passed] }],
});

describe('runJest', () => {
  test('resolves to the report', async () => {
    expect(await run(`echo '${report}' >"$OUT"`)).toEqual(JSON.parse(report));
  });

  test('a run that leaves no report is a failure that says how it ended', async () => {
    expect(await run('exit 7')).toMatchObject({
      testResults: [{ name: 'tests', status: 'failed', message: 'jest ended with code 7 and no report, see above' }],
    });
  });

  test('a run that passes its tests and fails all the same is a failure', async () => {
    expect(await run(`echo '${report}' >"$OUT"; exit 1`)).toMatchObject({
      testResults: [{ status: 'passed' }, { name: 'tests', status: 'failed' }],
    });
  });

  test('a run that hangs is ended with what it started, and is a failure', async () => {
    const hung = run(`(sleep 3; touch "$0.survived") & echo '${report}' >"$OUT"; sleep 60`, 500);

    expect(await hung).toMatchObject({ testResults: [{ status: 'failed' }] });
    await sleep(3000);
    expect(existsSync(join(jestScript.folder, 'jest.survived'))).toBe(false);
  });
});
