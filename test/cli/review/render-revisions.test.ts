import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type RevisionOptions, renderRevisions } from '../../../cli/review/render-revisions';
import { TestRepository } from './revisions';
import { program } from './tiny-program';

jest.setTimeout(60_000);

const PROGRAM = 'cli/review/render-program.ts';

describe('two revisions of a repository', () => {
  let repository: TestRepository;
  let base: string;

  beforeEach(() => {
    repository = new TestRepository();
    repository.write('Pulumi.yaml', 'name: x\n');
    repository.write('package.json', '{}');
    repository.write('package-lock.json', '{}');
    repository.write('Pulumi.ci.yaml', 'config: { seakeeper:size: 1 }\n');
    repository.write(PROGRAM, program());
    base = repository.commit('base');
  });
  afterEach(() => repository.delete());

  const render = (options: Partial<RevisionOptions> = {}) =>
    renderRevisions({ stack: 'ci', folder: repository.folder, base, allowNetwork: false, ...options });
  const change = (path: string, content: string): string => {
    repository.write(path, content);
    return repository.commit('change');
  };

  test("both configurations are rendered by the base's program", async () => {
    change('Pulumi.ci.yaml', 'config: { seakeeper:size: 2 }\n');

    const { program: used, notExecuted, before, after } = await render();

    expect([used, notExecuted]).toEqual(['base', []]);
    expect(before.lines[0]).toContain('size: 1');
    expect(after.lines[0]).toContain('size: 2');
  });

  test('code of an unapproved head never runs, and is named', async () => {
    const marker = join(repository.folder, 'ran');
    const evil = `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`;
    repository.write('stacks/main.ts', evil);
    repository.write('tsconfig.json', '{ "compilerOptions": { "plugins": [{ "name": "./evil" }] } }');
    repository.write('.gitattributes', '* filter=evil diff=evil\n');
    repository.write('package.json', JSON.stringify({ scripts: { review: evil, preinstall: evil } }));
    change(PROGRAM, `${evil};${program('({})', 'evil')}`);

    const { notExecuted, after } = await render();

    expect(notExecuted).toEqual(['.gitattributes', PROGRAM, 'package.json', 'stacks/main.ts', 'tsconfig.json']);
    expect(after.lines[0]).not.toContain('evil');
    expect(existsSync(marker)).toBe(false);
  });

  test("an approved head is rendered by its own program, the base by the base's", async () => {
    const head = change(PROGRAM, program('({})', 'approved'));

    const { program: used, notExecuted, before, after } = await render({ approved: head });

    expect([used, notExecuted]).toEqual(['head', []]);
    expect(before.lines[0]).toContain('"name":"main"');
    expect(after.lines[0]).toContain('"name":"approved"');
  });

  test('an approval of another commit is refused', async () => {
    change(PROGRAM, program('({})', 'later'));

    await expect(render({ approved: base })).rejects.toThrow(/an approval holds for its own commit only$/);
  });

  test('documents and tests are no part of the program', async () => {
    repository.write('docs/a.md', 'x');
    repository.write('test/a.test.ts', 'x');
    change('README.md', 'x');

    expect((await render()).notExecuted).toEqual([]);
  });

  describe('files that a configuration names', () => {
    const reads = program(`(async () => {
      const [, path = ''] = /list: "(.*)"/.exec(stack) ?? [];
      try { return { read: readFileSync(folder + '/' + path, 'utf8') }; }
      catch (error) { return { refused: String((error as { code?: string }).code) }; }
    })()`);
    const naming = (path: string): string => `config:\n  seakeeper:list: "${path}"\n`;

    beforeEach(() => {
      repository.write('projects.txt', 'one\n');
      repository.write(PROGRAM, reads);
      base = change('Pulumi.ci.yaml', naming('projects.txt'));
    });

    test('are taken from the revision, and are no part of the program', async () => {
      change('projects.txt', 'one\ntwo\n');

      const { before, after, notExecuted } = await render();

      expect([before.lines[0], after.lines[0]]).toEqual([
        expect.stringContaining('"read":"one\\n"'),
        expect.stringContaining('"read":"one\\ntwo\\n"'),
      ]);
      expect(notExecuted).toEqual([]);
    });

    test.each(['../../../../../../etc/passwd', '/etc/passwd', 'absent.txt'])('%s is not readable', async (path) => {
      change('Pulumi.ci.yaml', naming(path));

      expect((await render()).after.lines[0]).toMatch(/"refused":"(ERR_ACCESS_DENIED|ENOENT)"/);
    });

    test('a link, and a link in place of the stack file, are refused', async () => {
      repository.link('link.txt', '/etc/passwd');
      change('Pulumi.ci.yaml', naming('link.txt'));
      await expect(render()).rejects.toThrow('link.txt of HEAD is a link; it must be a file of its own');

      repository.remove('Pulumi.ci.yaml');
      repository.link('Pulumi.ci.yaml', '/etc/passwd');
      repository.commit('link');
      await expect(render()).rejects.toThrow('Pulumi.ci.yaml of HEAD is a link; it must be a file of its own');
    });

    test('one that is too large, and a stack file that is, are refused', async () => {
      change('projects.txt', 'x'.repeat((8 << 20) + 1));
      await expect(render()).rejects.toThrow('projects.txt of HEAD has 8388609 bytes; at most 8 MiB are read');

      change('Pulumi.ci.yaml', `# ${'x'.repeat(1 << 20)}`);
      await expect(render()).rejects.toThrow(/^Pulumi.ci.yaml of HEAD has \d+ bytes; at most 1 MiB are read$/);
    });

    test('a stack file that grows when it is read is refused', async () => {
      const levels = Array.from(
        { length: 9 },
        (_, level) => `k${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(', ')}]`,
      );
      change('Pulumi.ci.yaml', ['k0: &a0 [x, x, x]', ...levels].join('\n'));

      await expect(render()).rejects.toThrow(/^Pulumi.ci.yaml of HEAD cannot be read: Excessive alias count/);
    });

    test('a stack file nested without end is refused', async () => {
      change('Pulumi.ci.yaml', '['.repeat(200_000));

      await expect(render()).rejects.toThrow(/^Pulumi.ci.yaml of HEAD cannot be read: /);
    });
  });

  describe('what is asked wrongly gets one line', () => {
    test.each([
      [
        'an unknown revision',
        { base: 'nowhere' },
        /^'nowhere' is no revision of .+; fetch it, or name a commit, branch or tag$/,
      ],
      ['an option as revision', { base: '--output=/tmp/x' }, /^'--output=\/tmp\/x' is no revision of /],
      ['an unknown stack', { stack: 'nope' }, /^.+ has no stack 'nope' \(no Pulumi.nope.yaml\); it has: ci$/],
    ])('%s', async (_, options, message) => {
      await expect(render(options)).rejects.toThrow(message);
    });

    test('changes that are not committed', async () => {
      repository.write('Pulumi.ci.yaml', 'config: {}\n');

      await expect(render()).rejects.toThrow(/^1 changed files are not committed \(Pulumi.ci.yaml\)/);
      await expect(render({ head: 'HEAD' })).resolves.toBeDefined();
    });

    test('a base without a rendering program', async () => {
      repository.remove(PROGRAM);
      const without = repository.commit('older');

      await expect(render({ base: without })).rejects.toThrow(
        /has no cli\/review\/render-program.ts, so it cannot render a review/,
      );
    });

    test('other libraries than the base asks for', async () => {
      change('package-lock.json', '{ "other": 1 }');

      await expect(render()).rejects.toThrow(
        /^the libraries installed here are not those of [0-9a-f]+ .+ run npm ci, and review from there$/,
      );
    });

    test('a configuration that its program refuses', async () => {
      base = change(PROGRAM, program(`Promise.reject(new Error('seakeeper:size: must be small'))`));

      await expect(render()).rejects.toThrow(
        /^stack 'ci' of .+ cannot be rendered: Error: seakeeper:size: must be small$/,
      );
    });
  });
});
