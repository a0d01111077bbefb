import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessOptions, runAccess } from '../../../cli/access/run-access';

let folder: string;
let printed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-access-'));
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const run = (options: Partial<AccessOptions>): Promise<number> =>
  runAccess({ project: 'mediawiki/core', stack: 'ci', groups: [], offline: false, ...options });

describe('npm run access', () => {
  test('without a cluster says that it is computed only, and is content', async () => {
    await expect(run({ offline: true })).resolves.toBe(0);

    expect(printed).toContain('Who may do what with project mediawiki/core');
    expect(printed).toContain('people: those that the Project names; whom Gerrit names the cluster knows');
    expect(printed).toContain('COMPUTED ONLY, not checked: --offline was given');
  });

  test('knows the nearest name of a project that is none', async () => {
    await expect(run({ offline: true, project: 'mediawiki/cor' })).rejects.toThrow(
      "the stack has no project 'mediawiki/cor'; did you mean 'mediawiki/core'?",
    );
  });

  test('asks for a name where there is none', async () => {
    await expect(run({ offline: true, project: '' })).rejects.toThrow('--project is empty');
  });

  test('fails when a cluster that is named cannot be asked', async () => {
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: 'gone', cluster: { server: 'http://127.0.0.1:1' } }],
        users: [{ name: 'me', user: {} }],
        contexts: [{ name: 'gone', context: { cluster: 'gone', user: 'me' } }],
        'current-context': 'gone',
      }),
    );

    await expect(run({ kubeconfig })).resolves.toBe(1);

    expect(printed).toMatch(/COMPUTED ONLY, not checked: http:\/\/127\.0\.0\.1:1 \(context gone\) does not answer: /);
  });

  test.each([
    ['is not there', undefined, /^no kubeconfig at .*; name the file/],
    ['makes no sense', '{ clusters: [', /^kubeconfig .* cannot be read: /],
  ])('says in one line that a kubeconfig %s', async (_what, text, message) => {
    const kubeconfig = join(folder, 'kubeconfig');
    if (text !== undefined) writeFileSync(kubeconfig, text);

    const failure = await run({ kubeconfig }).then(
      () => '',
      (error: unknown) => String(error instanceof Error ? error.message : error),
    );
    expect(failure).toMatch(message);
    expect(failure).not.toContain('\n');
  });
});
