import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessSpec, type ProcessSpecInput } from '../../../../local/cluster/supervisor/process-spec';
import { SupervisedProcess } from '../../../../local/cluster/supervisor/supervised-process';

let folder: string;
const started: SupervisedProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervised-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.stop()));
  rmSync(folder, { recursive: true });
});

function start(script: string, spec: Partial<ProcessSpecInput> = {}): SupervisedProcess {
  const process = new SupervisedProcess(
    ProcessSpec.parse({ name: 'part', kind: 'daemon', command: ['/bin/sh', '-c', script], ...spec }),
    folder,
  );
  started.push(process);
  process.start();
  return process;
}

/** How often a process has said in the file `runs` that it was started. */
function runs(): number {
  const file = join(folder, 'runs');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (holds()) {
      return;
    }
    await sleep(25);
  }
  throw new Error('did not come to hold within 5 s');
}

test('a daemon that dies is started again, and says how it died', async () => {
  const process = start(`echo run >> ${folder}/runs; exec sleep 60`);
  await until(() => runs() === 1);
  const first = process.status().pid ?? 0;

  globalThis.process.kill(first, 'SIGKILL');
  await until(() => runs() === 2);

  expect(process.status()).toMatchObject({ restarts: 1, lastExit: 'signal SIGKILL' });
});

test('a program that does not exist is tried again, not fatal', async () => {
  const process = start('', { command: ['/no/such/program'] });

  await until(() => process.status().restarts > 0);

  expect(process.status().lastExit).toContain('ENOENT');
});

test('a task that succeeds is finished and runs once', async () => {
  const process = start(`echo run >> ${folder}/runs`, { kind: 'task' });

  await until(() => process.status().state === 'finished');
  await sleep(300);

  expect(process.ready()).toBe(true);
  expect(runs()).toBe(1);
});

test('a task that fails runs again until it succeeds', async () => {
  const process = start(`test -e ${folder}/tried || { touch ${folder}/tried; exit 1; }`, { kind: 'task' });

  await until(() => process.status().state === 'finished');

  expect(process.status().restarts).toBe(1);
});

test('a daemon is ready only when its probe answers', async () => {
  const socket = join(folder, 'socket');
  const process = start('exec sleep 60', { probe: { kind: 'unix', path: socket } });
  await sleep(300);
  expect(process.ready()).toBe(false);

  const server = createServer().listen(socket);
  await until(() => process.ready());

  server.close();
});

test('a daemon whose probe never answers is ended after its grace time and tried again', async () => {
  const process = start('exec sleep 60', { probe: { kind: 'unix', path: '/no/socket' }, startGraceSeconds: 1 });

  await until(() => process.status().restarts > 0);

  expect(process.status().lastExit).toBe('signal SIGKILL');
  expect(readFileSync(join(folder, 'part.log'), 'utf8')).toContain('does not answer its health check');
});

test('stopping lets a process end by itself', async () => {
  const process = start(`trap 'touch ${folder}/ended; exit 0' TERM; touch ${folder}/up; while :; do sleep 0.05; done`);
  await until(() => existsSync(join(folder, 'up')));

  await process.stop();

  expect(existsSync(join(folder, 'ended'))).toBe(true);
  expect(process.status().state).toBe('stopped');
});

test('stopping ends a process that does not listen', async () => {
  const process = start(`trap '' TERM; touch ${folder}/up; while :; do sleep 0.05; done`, { stopGraceSeconds: 1 });
  await until(() => existsSync(join(folder, 'up')));

  await process.stop();

  expect(process.status().pid).toBeUndefined();
});

test('a process that is waiting to be started again is not started after a stop', async () => {
  const process = start('exit 1');
  await until(() => process.status().restarts >= 2);

  await process.stop();
  writeFileSync(join(folder, 'part.log'), '');
  await sleep(700);

  expect(readFileSync(join(folder, 'part.log'), 'utf8')).toBe('');
});

test('output and what the supervisor says of the process are in one log', async () => {
  const process = start('echo the reason >&2; exit 3');

  await until(() => process.status().restarts > 0);

  const log = readFileSync(join(folder, 'part.log'), 'utf8');
  expect(log).toContain('the reason\n');
  expect(log).toMatch(/supervisor: \S+ part ended \(exit code 3\); starting again in 250 ms/);
});
