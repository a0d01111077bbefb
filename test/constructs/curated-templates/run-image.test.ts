import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type Outcome, Rehearsal } from './rehearse';

let pod: Rehearsal;

beforeEach(() => {
  pod = new Rehearsal();
  mkdirSync(pod.path('source'));
});
afterEach(() => pod.remove());

const RUN = 'seakeeper-run-image/small';
const CACHED = { CACHE_KEY: 'npm-1', CACHE_FOLDER: 'deps' };

const run = (text: string, environment = {}, edit = (script: string) => script): Outcome =>
  pod.run(
    RUN,
    { OUTPUT: '/workspace/output', INPUT: '/workspace/input', CACHE_KEY: 'none', CACHE_FOLDER: '', ...environment },
    { text, edit },
  );

/** What the next pod begins with: a fresh checkout, and the cache that this one saved, as Argo puts it there. */
const next = (as: 'own' | 'reviewed'): void => {
  const saved = readFileSync(pod.path('cache/saved'));
  for (const folder of ['source', 'cache', 'home']) rmSync(pod.path(folder), { recursive: true, force: true });
  mkdirSync(pod.path('source'));
  mkdirSync(pod.path('cache'));
  writeFileSync(pod.path('cache', as), saved);
};

test('the command runs in the checkout, and what it puts into $OUTPUT is kept', () => {
  pod.write('source/hello.txt', 'hello\n');

  const { status, stdout } = run('cat hello.txt\ncp hello.txt "$OUTPUT/copy.txt"\n');

  expect({ status, stdout }).toEqual({ status: 0, stdout: 'hello\n' });
  expect(readFileSync(pod.path('output/copy.txt'), 'utf8')).toBe('hello\n');
});

test('the first command that fails ends the step with its status, after what there was to keep', () => {
  const { status, stdout } = run('echo one > "$OUTPUT/log"\n(exit 3)\necho two\n');

  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(existsSync(pod.path('output/log'))).toBe(true);
});

test('an output folder with nothing in it is none', () => {
  expect(run('true').status).toBe(0);
  expect(existsSync(pod.path('output'))).toBe(false);
});

test('quotes, dollars and braces of a command reach the shell as they were written', () => {
  const { stdout } = run(`echo "$$" | grep -cE '^[0-9]+$'; x='$(HOME)'; echo "$x {'}"\n`);

  expect(stdout).toBe("1\n$(HOME) {'}\n");
});

describe('a cache', () => {
  const fill = 'echo made > deps/made; ln -s /etc deps/outside; ln -s made deps/inside';

  test('that is missing is no failure, and what the command left is saved', () => {
    const { status, stderr } = run(fill, CACHED);

    expect(status).toBe(0);
    expect(stderr).toBe('cache npm-1: not found\ncache npm-1: saved\n');
    expect(existsSync(pod.path('cache/saved'))).toBe(true);
  });

  test.each(['own', 'reviewed'] as const)(
    'that was found (%s) is there with its links, and is not saved again',
    (as) => {
      run(fill, CACHED);
      next(as);

      const { stdout, stderr } = run('cat deps/made; readlink deps/outside deps/inside; echo more > deps/more', CACHED);

      expect(stdout).toBe('made\n/etc\nmade\n');
      expect(stderr).toBe(`cache npm-1: ${as} found\n`);
      expect(existsSync(pod.path('cache/saved'))).toBe(false);
    },
  );

  test('of reviewed code comes before one’s own', () => {
    run('echo planted > deps/made', CACHED);
    renameSync(pod.path('cache/saved'), pod.path('planted'));
    run('echo reviewed > deps/made', CACHED);
    next('reviewed');
    renameSync(pod.path('planted'), pod.path('cache/own'));

    expect(run('cat deps/made', CACHED).stdout).toBe('reviewed\n');
  });

  test('that is broken counts as missing', () => {
    pod.write('cache/own', 'no archive');

    const { status, stderr } = run('echo made > deps/made', CACHED);

    expect(status).toBe(0);
    expect(stderr).toContain('cache npm-1: not found\ncache npm-1: saved\n');
  });

  test('of a command that failed is not saved', () => {
    expect(run('echo half > deps/made; exit 1', CACHED).status).toBe(1);
    expect(existsSync(pod.path('cache/saved'))).toBe(false);
  });

  test('that is too large is not saved, and is no failure', () => {
    const small = (script: string) => script.replace(/-le \d+/, '-le 10');

    const { status, stderr } = run('echo made > deps/made', CACHED, small);

    expect(status).toBe(0);
    expect(stderr).toContain('cache npm-1: not saved, it cannot be packed or is larger than');
    expect(existsSync(pod.path('cache/saved'))).toBe(false);
  });

  test('that nobody named is not looked for, nor one without a folder', () => {
    symlinkSync('/nowhere', pod.path('own'));

    expect(run('true', { CACHE_FOLDER: 'deps' }).stderr).toBe('');
    expect(run('true', { CACHE_KEY: 'npm-1' }).stderr).toBe('');
    expect(existsSync(pod.path('source/deps'))).toBe(false);
  });
});
