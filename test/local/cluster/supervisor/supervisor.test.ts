import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopSupervisor, supervisorStatus } from '../../../../local/cluster/supervisor/control-client';
import { serveControls } from '../../../../local/cluster/supervisor/control-server';
import { type ProcessSpecInput, SupervisorPlan } from '../../../../local/cluster/supervisor/process-spec';
import { Supervisor } from '../../../../local/cluster/supervisor/supervisor';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function supervise(processes: ProcessSpecInput[]): Supervisor {
  const plan = SupervisorPlan.parse({
    socket: join(folder, 'socket'),
    logs: join(folder, 'logs'),
    podCgroups: [],
    binds: [],
    configFingerprint: '',
    processes,
  });
  return new Supervisor(plan, async () => note('containers'));
}

const story = (): string[] => {
  const file = join(folder, 'story');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};
const note = (word: string): void => appendFileSync(join(folder, 'story'), `${word}\n`);

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++) {
    await sleep(25);
  }
}

function daemon(name: string, ...after: string[]): ProcessSpecInput {
  const say = (word: string): string => `echo ${word} >> ${folder}/story`;
  return {
    name,
    kind: 'daemon',
    command: [
      '/bin/sh',
      '-c',
      `trap '${say(`${name}-ends`)}; exit 0' TERM; ${say(name)}; while :; do sleep 0.02; done`,
    ],
    after,
  };
}

function task(name: string, ...after: string[]): ProcessSpecInput {
  return { name, kind: 'task', command: ['/bin/sh', '-c', `sleep 0.2; echo ${name} >> ${folder}/story`], after };
}

test('a process starts when what it comes after is ready, and stops before it', async () => {
  const supervisor = supervise([daemon('api', 'prepare'), task('prepare')]);

  await supervisor.start();
  await until(() => story().includes('api'));
  await supervisor.stop();

  expect(story()).toEqual(['prepare', 'api', 'containers', 'api-ends']);
});

test('containers are ended after the kubelet, which would start them again, and before containerd', async () => {
  const supervisor = supervise([daemon('containerd'), daemon('kubelet', 'containerd')]);

  await supervisor.start();
  await until(() => story().length === 2);
  await supervisor.stop();

  expect(story().slice(2)).toEqual(['kubelet-ends', 'containers', 'containerd-ends']);
});

test('a plan with a circle is refused before anything is started', () => {
  expect(() => supervise([daemon('a', 'b'), daemon('b', 'a')])).toThrow('circle');
});

test('status and stop are asked for on a socket', async () => {
  const socket = join(folder, 'socket');
  let stopped = 0;
  const server = await serveControls(socket, {
    status: () => ({ pid: 7, plan: 'abc', stopping: false, processes: [] }),
    stop: async () => {
      stopped++;
    },
  });

  expect(await supervisorStatus(socket)).toEqual({ pid: 7, plan: 'abc', stopping: false, processes: [] });
  expect(await stopSupervisor(socket, 1_000)).toBe(true);
  expect(stopped).toBe(1);
  server.close();
});

test('no supervisor is not an error', async () => {
  expect(await supervisorStatus(join(folder, 'nobody'))).toBeUndefined();
  expect(await stopSupervisor(join(folder, 'nobody'), 1_000)).toBe(false);
});
