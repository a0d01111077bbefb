import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runJest } from '../../cli/run-jest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-run-jest-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a shell script in jest's place. `$OUT` is the report's file. */
function run(script: string, limitMs = 60_000) {
  const jest = join(folder, 'jest');
  writeFileSync(jest, `#!/bin/sh\nfor a in "$@"; do case $a in --outputFile=*) OUT=\${a#*=};; esac; done\n${script}\n`);
  chmodSync(jest, 0o755);
  const path = [folder, process.env['PATH']].join(delimiter);
  const before = process.env['PATH'];
  process.env['PATH'] = path;
  const report = runJest({ name: 'tests', args: [] }, join(folder, 'report.json'), limitMs);
  process.env['PATH'] = before;
  return report;
}

const totals = (failed: number) =>
  JSON.stringify({
    numPassedTests: 2,
    numFailedTests: failed,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
  });

describe('runJest', () => {
  test('resolves to the report', async () => {
    expect(await run(`echo '${totals(0)}' >"$OUT"`)).toMatchObject({ numPassedTests: 2, numFailedTests: 0 });
  });

  test('a run that leaves no report is a failure that says how it ended', async () => {
    expect(await run('exit 7')).toMatchObject({
      numRuntimeErrorTestSuites: 1,
      testResults: [{ name: 'tests', message: 'jest ended with code 7 and no report, see above' }],
    });
  });

  test('a run that passes its tests and fails all the same is a failure', async () => {
    expect(await run(`echo '${totals(0)}' >"$OUT"; exit 1`)).toMatchObject({ numRuntimeErrorTestSuites: 1 });
  });

  test('a run that hangs is ended with what it started, and is a failure', async () => {
    const report = await run(`(sleep 3; touch '${folder}/survived') & echo '${totals(0)}' >"$OUT"; sleep 60`, 500);

    expect(report).toMatchObject({ numRuntimeErrorTestSuites: 1, testResults: [{ status: 'failed' }] });
    await sleep(3000);
    expect(() => rmSync(join(folder, 'survived'))).toThrow('ENOENT');
  });
});
