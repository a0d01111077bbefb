import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LocalPaths } from '../paths';
import { hasUpstreamPlugins, installStandIns } from './install-plugins';
import { ensurePassphrase, LOCAL_STACK, localStackFiles, PROJECT_FOLDER, writeStackConfig } from './local-stack';
import { completeArguments } from './pulumi-arguments';
import { removeStaleLocks } from './stale-locks';

export interface PulumiRun {
  /** As for the CLI: `['up', '--yes']`. Stack `local` is meant unless they name another. */
  readonly args: readonly string[];
  readonly paths: Pick<LocalPaths, 'cache' | 'pulumi'>;
  /** The CLI. Absolute path. */
  readonly cli: string;
  /** Where its output goes: to this process's own, or line by line to a function. Secrets are masked by the CLI. */
  readonly output?: 'inherit' | ((line: string) => void);
  /** Folder of `Pulumi.yaml`. */
  readonly projectFolder?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Asks the CLI to stop: it finishes what is under way and saves its state. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the real Pulumi CLI on this machine's stacks, with the stand-ins where upstream's plug-ins are not installed.
 * Resolves to the CLI's exit code.
 */
export async function runPulumi(run: PulumiRun): Promise<number> {
  const { projectFolder = PROJECT_FOLDER } = run;
  const files = localStackFiles(run.paths.pulumi);
  const { stack, args } = completeArguments(run.args, files.config);
  const environment = await pulumiEnvironment(run, stack);
  if (stack === LOCAL_STACK) {
    writeStackConfig(files, projectFolder);
    removeStaleLocks(files.backend);
    await ensureStack(run, environment);
  }
  return execute(run, args, projectFolder, environment);
}

/**
 * Environment of the CLI. Stack `local` has a backend and passphrase of its own, on this machine; for others, what the user
 * has set or logged in to is left as it is.
 */
async function pulumiEnvironment(
  { paths, cli, environment = process.env }: PulumiRun,
  stack: string | undefined,
): Promise<NodeJS.ProcessEnv> {
  const files = localStackFiles(paths.pulumi);
  const standIns = !hasUpstreamPlugins(environment, cli);
  if (standIns) await installStandIns(paths.cache, files.home);
  const isLocal = stack === LOCAL_STACK;
  const hasBackend = Boolean(environment['PULUMI_BACKEND_URL']) || (!standIns && isLoggedIn(environment));
  const ownBackend = isLocal || !hasBackend;
  if (ownBackend) mkdirSync(files.backend, { recursive: true, mode: 0o700 });
  const hasPassphrase = Boolean(
    environment['PULUMI_CONFIG_PASSPHRASE'] || environment['PULUMI_CONFIG_PASSPHRASE_FILE'],
  );
  const ownPassphrase = isLocal || !hasPassphrase;
  if (ownPassphrase) ensurePassphrase(files);
  return {
    ...environment,
    // The program runs on the project's Node, whichever language host starts it.
    PATH: [dirname(process.execPath), environment['PATH']].filter(Boolean).join(delimiter),
    NODE_COMPILE_CACHE: environment['NODE_COMPILE_CACHE'] ?? join(paths.cache, 'node-compile-cache'),
    PULUMI_NODEJS_TRANSPILE_ONLY: 'true',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    // Otherwise four a processor, soon all taken by objects that wait for their pods, and all else waits with them.
    PULUMI_PARALLEL: environment['PULUMI_PARALLEL'] ?? '64',
    // Otherwise one dry run at a time.
    PULUMI_PARALLEL_DIFF: environment['PULUMI_PARALLEL_DIFF'] ?? 'true',
    ...(standIns ? { PULUMI_HOME: files.home, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true' } : {}),
    ...(ownBackend ? { PULUMI_BACKEND_URL: `file://${files.backend}` } : {}),
    ...(ownPassphrase ? { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: files.passphrase } : {}),
  };
}

function isLoggedIn(environment: Readonly<Record<string, string | undefined>>): boolean {
  const home = environment['PULUMI_HOME'] || join(environment['HOME'] || homedir(), '.pulumi');
  return existsSync(join(home, 'credentials.json'));
}

/** Makes stack `local` in the backend. The CLI would write to the checkout while at it, so it is shown a copy. */
async function ensureStack(run: PulumiRun, environment: NodeJS.ProcessEnv): Promise<void> {
  const files = localStackFiles(run.paths.pulumi);
  const { projectFolder = PROJECT_FOLDER } = run;
  if (existsSync(join(files.backend, '.pulumi', 'stacks', projectName(projectFolder), `${LOCAL_STACK}.json`))) return;
  mkdirSync(files.scratchProject, { recursive: true });
  copyFileSync(join(projectFolder, 'Pulumi.yaml'), join(files.scratchProject, 'Pulumi.yaml'));
  const lines: string[] = [];
  const output = (line: string) => void lines.push(line);
  const code = await execute(
    { ...run, output },
    ['stack', 'init', LOCAL_STACK, '--no-select'],
    files.scratchProject,
    environment,
  );
  const exists = lines.some((line) => line.includes('already exists'));
  if (code !== 0 && !exists) throw new Error(`stack '${LOCAL_STACK}' could not be made: ${lines.join(' ')}`);
}

const ProjectFile = z.object({ name: z.string() });

const projectName = (folder: string): string =>
  ProjectFile.parse(parse(readFileSync(join(folder, 'Pulumi.yaml'), 'utf8'))).name;

function execute(
  { cli, output = 'inherit', signal }: PulumiRun,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const piped = output !== 'inherit';
    const child = spawn(cli, piped ? [...args, '--non-interactive', '--color=never'] : args, {
      cwd,
      env,
      stdio: ['inherit', piped ? 'pipe' : 'inherit', piped ? 'pipe' : 'inherit'],
    });
    if (output !== 'inherit') for (const stream of [child.stdout, child.stderr]) eachLine(stream, output);
    // Ctrl-C reaches the CLI by itself; we must outlive it to report how it ended.
    const ignore = () => {};
    process.on('SIGINT', ignore);
    const interrupt = () => child.kill('SIGINT');
    signal?.addEventListener('abort', interrupt);
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGINT', ignore);
      signal?.removeEventListener('abort', interrupt);
      resolve(code ?? 1);
    });
  });
}

function eachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream?.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
