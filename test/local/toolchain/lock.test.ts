import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../../local/toolchain/lock';

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'lock-')), 'lock');
});
afterEach(() => rmSync(join(file, '..'), { recursive: true }));

describe('withLock', () => {
  test('the lock is there during the work, gone after it, and gone after a failure', async () => {
    const never = () => {
      throw new Error('waited');
    };

    expect(await withLock(file, never, async () => existsSync(file))).toBe(true);
    expect(existsSync(file)).toBe(false);
    await expect(withLock(file, never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(existsSync(file)).toBe(false);
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
      (pid) => {
        expect(pid).toBe(process.pid);
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
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  test('the lock of a process that is gone is taken over, even when its id lives on', async () => {
    writeFileSync(file, `${process.pid} 1`);

    expect(
      await withLock(
        file,
        () => {},
        async () => 'done',
      ),
    ).toBe('done');
  });
});
