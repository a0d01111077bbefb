import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { type Outcome, Rehearsal } from './rehearse';

let pod: Rehearsal;

beforeEach(() => {
  pod = new Rehearsal();
});
afterEach(() => pod.remove());

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', '-C', pod.path('upstream'), ...args], {
    encoding: 'utf8',
  }).trim();

/** A repository in which these files are committed; resolves with the commit. */
function commit(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) pod.write(`upstream/${name}`, text);
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'x');
  return git('rev-parse', 'HEAD');
}

/** A fresh pod of a template that fetches. */
function fetching(callee: `${string}/${string}`, revision: string, environment = {}): Outcome {
  rmSync(pod.path('source'), { recursive: true, force: true });
  const where = { FETCH_URL: pod.path('upstream'), REF: 'HEAD', REVISION: revision };
  return pod.run(callee, { ...where, ...environment });
}

const key = (revision: string, files: string, name = 'npm'): Outcome & { key: string } => {
  const outcome = fetching('seakeeper-cache/key', revision, { FILES: files, NAME: name });
  return { ...outcome, key: outcome.status === 0 ? readFileSync(pod.path('key'), 'utf8') : '' };
};

describe('seakeeper-checkout/checkout', () => {
  test('leaves the files of the commit under test', () => {
    const revision = commit({ 'a.txt': 'a\n' });

    expect(fetching('seakeeper-checkout/checkout', revision)).toMatchObject({
      status: 0,
      stdout: `checked out ${revision} of HEAD\n`,
    });
    expect(readFileSync(pod.path('source/a.txt'), 'utf8')).toBe('a\n');
  });

  test('fails in words when the ref is at another commit by now', () => {
    const revision = commit({ 'a.txt': 'a\n' });
    const wanted = '0'.repeat(40);

    expect(fetching('seakeeper-checkout/checkout', wanted)).toMatchObject({
      status: 1,
      stderr: `fetched HEAD is ${revision}, wanted ${wanted}: a newer push replaced it\n`,
    });
  });
});

describe('seakeeper-cache/key', () => {
  test('is the name and a hash that fits a file name', () => {
    expect(key(commit({ 'package-lock.json': '1' }), 'package-lock.json').key).toMatch(/^npm-[0-9a-f]{32}$/);
  });

  test('changes with the content of the named files, and with nothing else', () => {
    const files = 'package-lock.json */lock';
    const first = key(commit({ 'package-lock.json': '1', 'deep/lock': '1', 'a.txt': '1' }), files).key;
    const unrelated = key(commit({ 'a.txt': '2' }), files).key;
    const deep = key(commit({ 'deep/lock': '2' }), files).key;

    expect(unrelated).toBe(first);
    expect(deep).not.toBe(first);
  });

  test('fails in words when no file of the change is meant, or a name tries to be an option', () => {
    const revision = commit({ 'a.txt': '1' });

    expect(key(revision, 'package-lock.json')).toMatchObject({
      status: 1,
      stderr: "no file of the change is 'package-lock.json': name lock files that are in git\n",
    });
    expect(key(revision, '--others').status).toBe(1);
  });
});

describe('seakeeper-publish', () => {
  const publish = (what: 'file' | 'folder', path: string): Outcome =>
    pod.run(`seakeeper-publish/${what}`, { PUBLISHED: `/workspace/input/${path}`, GIVEN: path });

  test('leaves to Argo what is there', () => {
    pod.write('input/html/index.html', 'x');

    expect(publish('file', 'html/index.html')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(publish('folder', 'html')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('says in words what is not there, and what is', () => {
    pod.write('input/html/index.html', 'x');

    expect(publish('file', 'html')).toEqual({
      status: 1,
      stdout: '',
      stderr: "path is 'html', which is no file of what the step left; there are:\n.\n./html\n./html/index.html\n",
    });
    expect(publish('folder', 'docs').stderr).toContain("path is 'docs', which is no folder");
  });
});
