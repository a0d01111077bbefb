import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../../local/toolchain/lock';

let file: string;
beforeEach(() => {
  file = randomUUID();
});
const never = () => {
  throw new Error('waited');
};

describe('withLock', () => {
  test('the lock is free again after the work, and after a failure', async () => {
    expect(await withLock(file, never, async () => 'done')).toBe('done');
    await expect(withLock(file, never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await withLock(file, never, async () => 'again')).toBe('again');
  });

  test('a second comer waits, and is told for whom', async () => {
    const order: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = withLock(
      file,
      () => {},
      async () => {
        await held;
        order.push('first');
      },
    );
    const second = withLock(
      file,
      (holder) => {
        expect(holder).toBe(`process ${process.pid}`);
        release();
      },
      async () => {
        order.push('second');
      },
    );

    await Promise.all([first, second]);

    expect(order).toEqual(['first', 'second']);
  });

  test('many comers of one process have it one after the other', async () => {
    let inside = 0;
    const most: number[] = [];

    await Promise.all(
      Array.from({ length: 4 }, () =>
        withLock(
          file,
          () => {},
          async () => {
            inside += 1;
            most.push(inside);
            await new Promise((resolve) => setTimeout(resolve, 10));
            inside -= 1;
          },
        ),
      ),
    );

    expect(most).toEqual([1, 1, 1, 1]);
  });

  test('the lock of a process that was killed is free', async () => {
    const script = `
      require('tsx/cjs');
      const { withLock } = require('./local/toolchain/lock');
      withLock(${JSON.stringify(file)}, () => {}, async () => {
        console.log('held');
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(other.stdout, 'data');
    const waited: unknown[] = [];
    const ours = withLock(
      file,
      (holder) => waited.push(holder),
      async () => 'ours',
    );
    await sleep(100);
    other.kill('SIGKILL');

    expect(await ours).toBe('ours');
    expect(waited).toEqual([`process ${other.pid}`]);
  });
});
