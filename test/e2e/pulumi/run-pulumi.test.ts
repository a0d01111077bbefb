import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localPaths } from '../../../local/paths';
import { localStackFiles, writeMachineValues } from '../../../local/pulumi/local-stack';
import { runPulumi } from '../../../local/pulumi/run-pulumi';
import { ensureToolchain } from '../../../local/toolchain/toolchain';

jest.setTimeout(120_000);

const ROOT = join(__dirname, '..', '..', '..');
const COMMITTED = 'config:\n  fixture:colour: blue\n';

let folder: string;
let cli: string;

beforeAll(async () => {
  cli = (await ensureToolchain(['pulumi'])).binary('pulumi');
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-run-pulumi-'));
  cpSync(join(ROOT, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"main":"index.ts"}');
  writeFileSync(join(folder, 'Pulumi.yaml'), 'name: fixture\nruntime: nodejs\nmain: index.ts\n');
  writeFileSync(join(folder, 'Pulumi.local.yaml'), COMMITTED);
  writeFileSync(
    join(folder, 'index.ts'),
    `import * as pulumi from '@pulumi/pulumi';
const config = new pulumi.Config();
export const colour: string = config.require('colour');
export const length = config.requireSecret('token').apply((token) => token.length);
export const node: string = process.version;
`,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; output: string }> {
  const lines: string[] = [];
  const code = await runPulumi({
    args,
    cli,
    paths: { cache: localPaths().cache, pulumi: join(folder, 'state') },
    projectFolder: folder,
    environment: { ...process.env, HOME: folder, PULUMI_BACKEND_URL: 'file:///nowhere', PULUMI_CONFIG_PASSPHRASE: 'x' },
    output: (line) => void lines.push(line),
  });
  return { code, output: lines.join('\n') };
}

test('before the machine is set up, a preview says what to do', async () => {
  await expect(run('preview')).rejects.toThrow('run `npm start`');
});

test('the real CLI reads what we encrypted, and runs stack local with the committed configuration', async () => {
  await writeMachineValues(localStackFiles(join(folder, 'state')), {
    values: {},
    secrets: { 'fixture:token': 'line one\nline two\n' },
  });

  expect(await run('config', 'get', 'token')).toEqual({ code: 0, output: 'line one\nline two\n' });
  const preview = await run('preview', '--json');
  expect(preview.code).toBe(0);
  expect(preview.output).not.toContain('line one');
});

test("neither the checkout nor the user's own backend is written to", async () => {
  expect(await run('up', '--yes', '--skip-preview')).toMatchObject({ code: 0 });

  expect(readFileSync(join(folder, 'Pulumi.local.yaml'), 'utf8')).toBe(COMMITTED);
  expect(readdirSync(folder).sort()).toEqual(
    ['Pulumi.local.yaml', 'Pulumi.yaml', 'index.ts', 'node_modules', 'package.json', 'state', 'tsconfig.json'].sort(),
  );
  const outputs = await run('stack', 'output', '--json');
  expect(JSON.parse(outputs.output)).toEqual({ colour: 'blue', length: '[secret]', node: process.version });
});
