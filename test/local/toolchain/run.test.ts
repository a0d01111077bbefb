import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../../local/toolchain/run';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'run-'));
});
afterEach(() => rmSync(root, { recursive: true }));
const options = () => ({ what: 'building tool', log: join(root, 'logs', 'tool.log') });

describe('run', () => {
  test('everything the command prints is in its log', async () => {
    await run('sh', ['-c', 'echo out; echo err >&2'], options());

    expect(readFileSync(options().log, 'utf8').split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  test('a failure is one line: what, why, and where the rest is', async () => {
    await expect(run('sh', ['-c', 'echo first; echo bad flag; exit 3'], options())).rejects.toThrow(
      `building tool failed (exit code 3): bad flag; everything it printed is in ${options().log}`,
    );
  });

  test('a command that is not there is named with its cure', async () => {
    await expect(run('no-such-command', [], options())).rejects.toThrow(
      'building tool: cannot run "no-such-command"; install it or put it on PATH',
    );
  });

  test('a process told to end takes the command with it', async () => {
    const script = `require('tsx/cjs'); const { run } = require('./local/toolchain/run.ts');
      run('sh', ['-c', 'echo $$; exec sleep 60'], ${JSON.stringify(options())});`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    const ended = new Promise((resolve) => parent.once('exit', (_, signal) => resolve(signal)));
    const child = await printedPid(options().log);

    parent.kill('SIGTERM');

    expect(await ended).toBe('SIGTERM');
    await expectGone(child);
  });
});

async function printedPid(log: string): Promise<number> {
  for (;;) {
    await sleep(50);
    try {
      const pid = Number.parseInt(readFileSync(log, 'utf8'), 10);
      if (pid > 0) return pid;
    } catch {
      // Not started yet.
    }
  }
}

async function expectGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(50);
  }
  throw new Error(`process ${pid} still runs`);
}
