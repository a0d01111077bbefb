import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeStaleLocks } from '../../../local/pulumi/stale-locks';

let backend: string;
let lock: string;

beforeEach(() => {
  backend = mkdtempSync(join(tmpdir(), 'seakeeper-locks-'));
  const folder = join(backend, '.pulumi', 'locks', 'organization', 'seakeeper', 'local');
  mkdirSync(folder, { recursive: true });
  lock = join(folder, 'one.json');
});

afterEach(() => rmSync(backend, { recursive: true, force: true }));

const write = (pid: number, host = hostname()) => writeFileSync(lock, JSON.stringify({ pid, hostname: host }));
/** Pid of a process that has just ended. */
const deadPid = (): number => spawnSync('true').pid;

test('a lock whose process is gone is taken away', () => {
  write(deadPid());

  expect(removeStaleLocks(backend)).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test('a lock whose process lives stays', () => {
  write(process.pid);

  expect(removeStaleLocks(backend)).toBe(0);
  expect(existsSync(lock)).toBe(true);
});

test('a lock that another machine holds stays', () => {
  write(deadPid(), 'elsewhere');

  expect(removeStaleLocks(backend)).toBe(0);
});

test('a backend without locks is left alone', () => {
  expect(removeStaleLocks(join(backend, 'nothing'))).toBe(0);
});
