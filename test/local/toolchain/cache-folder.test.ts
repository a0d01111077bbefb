import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isReady, makeFolder } from '../../../local/toolchain/cache-folder';
import { hashInputs } from '../../../local/toolchain/stamp';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cache-folder-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const target = (inputs = 'one') => ({ folder: join(root, 'part', 'v1'), inputs });
const makeTool =
  (contents = 'tool') =>
  async (folder: string) => {
    writeFileSync(join(folder, 'tool'), contents);
    return ['tool'];
  };

describe('makeFolder', () => {
  test('a finished folder is ready for the inputs it was made from, and for no others', async () => {
    await makeFolder(target(), makeTool());

    expect(isReady(target())).toBe(true);
    expect(isReady(target('two'))).toBe(false);
  });

  test('a folder whose maker fails is not there at all, and nothing is left beside it', async () => {
    const fail = async (folder: string) => {
      writeFileSync(join(folder, 'half'), 'half');
      throw new Error('compiler ended');
    };

    await expect(makeFolder(target(), fail)).rejects.toThrow('compiler ended');

    expect(existsSync(target().folder)).toBe(false);
    expect(readdirSync(join(root, 'part'))).toEqual([]);
  });

  test('a failed rebuild leaves the folder that was there', async () => {
    await makeFolder(target(), makeTool('old'));

    await expect(makeFolder(target('two'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(readFileSync(join(target().folder, 'tool'), 'utf8')).toBe('old');
  });

  test('what an interrupted run left is removed', async () => {
    mkdirSync(join(root, 'part', '.v1.making-1'), { recursive: true });

    await makeFolder(target(), makeTool());

    expect(readdirSync(join(root, 'part'))).toEqual(['v1']);
  });

  test('other inputs replace the folder', async () => {
    await makeFolder(target(), makeTool('old'));
    await makeFolder(target('two'), makeTool('new'));

    expect(readFileSync(join(target().folder, 'tool'), 'utf8')).toBe('new');
    expect(isReady(target('two'))).toBe(true);
  });
});

describe('isReady', () => {
  test('a folder is not ready when a file is gone or cut short', async () => {
    await makeFolder(target(), makeTool());

    writeFileSync(join(target().folder, 'tool'), 'to');
    expect(isReady(target())).toBe(false);

    rmSync(join(target().folder, 'tool'));
    expect(isReady(target())).toBe(false);
  });

  test('a folder without a stamp, or with a broken one, is not ready', async () => {
    mkdirSync(target().folder, { recursive: true });
    expect(isReady(target())).toBe(false);

    writeFileSync(join(target().folder, '.stamp.json'), '{"inputs":');
    expect(isReady(target())).toBe(false);
  });
});

describe('hashInputs', () => {
  test('text moved from one input to the next gives another hash', () => {
    expect(hashInputs(['ab', 'c'])).not.toBe(hashInputs(['a', 'bc']));
  });
});
