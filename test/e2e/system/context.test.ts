import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { buildPlugins } from '../../../local/pulumi/build-plugins';
import { LOCAL_STACK, localStackFiles, PROJECT_FOLDER } from '../../../local/pulumi/local-stack';
import { describeToolchain } from '../../../local/toolchain/toolchain';
import { npm, paths, runningSystem, type System } from '../support/system';

jest.setTimeout(300_000);

const CONTEXT = 'seakeeper-local';
const PROVIDER = 'pulumi:providers:kubernetes';

let system: System;
let folder: string;
/** What a user's machine has: their kubeconfig, backend, passphrase, and Pulumi with its plug-ins on PATH. */
let environment: NodeJS.ProcessEnv;
let configFile: string;

beforeAll(async () => {
  system = await runningSystem();
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-context-'));
  const files = localStackFiles(paths.pulumi);
  mkdirSync(join(folder, 'backend'));
  environment = {
    ...process.env,
    PATH: [await commandsOfUser(), process.env['PATH']].join(delimiter),
    KUBECONFIG: paths.adminKubeconfig,
    PULUMI_HOME: join(folder, 'home'),
    PULUMI_BACKEND_URL: `file://${join(folder, 'backend')}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: files.passphrase,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    // Nothing may be fetched: what is not on PATH is not there.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    NODE_OPTIONS: `--require ${join(__dirname, '..', 'support', 'record-modules.cjs')}`,
    MODULE_RECORD: join(folder, 'modules'),
    MODULE_RECORD_ROOT: PROJECT_FOLDER,
  };
  configFile = join(folder, 'Pulumi.local.yaml');
  writeFileSync(configFile, stringify(configByContext(readFileSync(files.config, 'utf8'))));
  await copyState();
}, 3_600_000);

afterAll(async () => {
  await system.gerrit.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A folder of commands as upstream's installer makes it; each call is noted. */
async function commandsOfUser(): Promise<string> {
  const plugins = await buildPlugins(paths.cache);
  const commands = {
    pulumi: describeToolchain().binary('pulumi'),
    'pulumi-language-nodejs': join(plugins, 'pulumi-language-nodejs'),
    'pulumi-resource-kubernetes': join(plugins, 'pulumi-resource-kubernetes'),
  };
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, real] of Object.entries(commands)) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} >>'${join(folder, 'commands')}'\nexec '${real}' "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

/** The local stack's configuration, image map included, for a cluster that is named by its context. */
function configByContext(text: string): object {
  const stack: { config: Record<string, unknown> } = parse(text);
  const { 'kubernetes:kubeconfig': _, ...config } = stack.config;
  return { ...stack, config };
}

/** The local stack as if its cluster had always been named by its context. */
async function copyState(): Promise<void> {
  // A stack that is behind the code would be changed through its copy, and its own state would not know.
  await npm(['pulumi', '--', 'preview', '--expect-no-changes']);
  const exported = join(folder, 'state.json');
  await npm(['pulumi', '--', 'stack', 'export', '--file', exported]);
  const state: { deployment: { resources: { type: string; inputs?: object; outputs?: object }[] } } = JSON.parse(
    readFileSync(exported, 'utf8'),
  );
  for (const resource of state.deployment.resources) {
    if (resource.type !== PROVIDER) continue;
    for (const side of ['inputs', 'outputs'] as const) {
      // The SDK adds where KUBECONFIG points by itself.
      resource[side] = { ...resource[side], context: CONTEXT, kubeconfig: paths.adminKubeconfig };
    }
  }
  writeFileSync(exported, JSON.stringify(state));
  // Making a stack writes to the project's folder: not to the checkout.
  const project = join(folder, 'project');
  mkdirSync(project);
  copyFileSync(join(PROJECT_FOLDER, 'Pulumi.yaml'), join(project, 'Pulumi.yaml'));
  for (const args of [
    ['init', LOCAL_STACK],
    ['import', '--stack', LOCAL_STACK, '--file', exported],
  ]) {
    const { code, output } = await run(describeToolchain().binary('pulumi'), ['stack', ...args], {}, project);
    if (code !== 0) throw new Error(output);
  }
}

function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd: string = PROJECT_FOLDER,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...environment, ...env }, maxBuffer: 64 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }),
    );
  });
}

const start = (context: string, env: NodeJS.ProcessEnv = {}) =>
  run(
    'npm',
    ['start', '--silent', '--', '--context', context, '--stack', LOCAL_STACK, '--config-file', configFile],
    env,
  );

const linesOf = (file: string): string[] =>
  existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim().split('\n') : [];

describe('npm start -- --context', () => {
  test("sets up a user's own cluster with what is on their PATH, and loads no module of local/", async () => {
    const { code, output } = await start(CONTEXT);

    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/Resources:\s+\d+ unchanged/);
    expect(output).toContain(`Seakeeper runs on context ${CONTEXT} (https://`);
    expect(output).toMatch(/gerrit-gateway +gateway +\d\/2/);
    expect(output).toContain(`pulumi preview --stack ${LOCAL_STACK}`);
    expect(new Set(linesOf('commands'))).toEqual(
      new Set(['pulumi', 'pulumi-language-nodejs', 'pulumi-resource-kubernetes']),
    );
    const loaded = linesOf('modules');
    expect(loaded).toEqual(expect.arrayContaining(['cli/start-on-context.ts', 'stacks/main.ts']));
    expect(loaded.filter((path) => path.startsWith('local/'))).toEqual([]);
    // The recorder does see such modules where they are loaded.
    await run('npm', ['run', '--silent', 'status']);
    expect(linesOf('modules')).toContain('local/commands.ts');
  });

  test('remembers the context with the stack, and refuses to move the stack to another cluster', async () => {
    expect(parse(readFileSync(configFile, 'utf8')).config['kubernetes:context']).toBe(CONTEXT);
    const other = join(folder, 'other.kubeconfig');
    writeFileSync(other, readFileSync(paths.adminKubeconfig, 'utf8').replaceAll(CONTEXT, 'elsewhere'));

    const { code, output } = await start('elsewhere', { KUBECONFIG: other });

    expect(code).toBe(1);
    expect(output).toContain(`error: stack '${LOCAL_STACK}' is on context '${CONTEXT}', not 'elsewhere'`);
  });

  test('says in one line that a context is unknown, and which there are', async () => {
    const { code, output } = await start('no-such');

    expect(code).toBe(1);
    expect(output.trim()).toBe(`error: ${paths.adminKubeconfig} has no context 'no-such'; it has: ${CONTEXT}`);
  });

  test('says in one line that pulumi is missing, and where to get it', async () => {
    const { code, output } = await start(CONTEXT, { PATH: process.env['PATH'] });

    expect(code).toBe(1);
    expect(output.trim()).toMatch(/^error: no command pulumi on PATH; install it from https:\S+ and run/);
  });
});
