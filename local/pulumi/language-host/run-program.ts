import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { typeScriptSupport } from './typescript-program';

/** What the engine asks to be run. Paths are absolute. */
export interface ProgramRun {
  readonly rootDirectory: string;
  readonly programDirectory: string;
  /** Entry point relative to the program's folder, or `.` for what its package.json says. */
  readonly entryPoint: string;
  readonly engineAddress: string;
  readonly monitorAddress: string;
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly config: Readonly<Record<string, string>>;
  readonly configSecretKeys: readonly string[];
  readonly args: readonly string[];
  readonly nodeArgs: readonly string[];
  readonly typescript: boolean;
}

export type ProgramOutcome =
  | { readonly kind: 'succeeded' }
  /** It failed and has told the user why. */
  | { readonly kind: 'bailed' }
  | { readonly kind: 'failed'; readonly message: string };

/** Exit code with which the SDK says that it has already reported the error. */
const ALREADY_REPORTED = 32;

/** Runs a Pulumi program in a Node of its own; `signal` ends it. */
export function runProgram(run: ProgramRun, signal: AbortSignal): Promise<ProgramOutcome> {
  return new Promise((resolve) => {
    const { nodeArgs, environment } = typeScriptSupport(run.programDirectory, run.typescript);
    const child = spawn(process.execPath, [...run.nodeArgs, ...nodeArgs, ...programArguments(run)], {
      cwd: run.programDirectory,
      env: { ...process.env, ...environment, ...programEnvironment(run) },
      stdio: ['ignore', 'inherit', 'inherit'],
      signal,
    });
    child.once('error', (error) =>
      resolve({ kind: 'failed', message: `program could not be started: ${error.message}` }),
    );
    child.once('exit', (code, killedBy) => resolve(outcomeOf(code, killedBy)));
  });
}

function programArguments(run: ProgramRun): string[] {
  return [
    createRequire(join(run.programDirectory, 'package.json')).resolve('@pulumi/pulumi/cmd/run'),
    '--monitor',
    run.monitorAddress,
    '--engine',
    run.engineAddress,
    '--organization',
    run.organization,
    '--project',
    run.project,
    '--root-directory',
    run.rootDirectory,
    '--stack',
    run.stack,
    '--pwd',
    run.programDirectory,
    ...(run.dryRun ? ['--dry-run'] : []),
    '--parallel',
    String(run.parallel),
    run.entryPoint,
    ...run.args,
  ];
}

function programEnvironment(run: ProgramRun): Record<string, string> {
  return {
    PULUMI_CONFIG: JSON.stringify(run.config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(run.configSecretKeys),
  };
}

function outcomeOf(code: number | null, killedBy: NodeJS.Signals | null): ProgramOutcome {
  if (code === 0) return { kind: 'succeeded' };
  if (code === ALREADY_REPORTED) return { kind: 'bailed' };
  const how = code === null ? `was ended by ${killedBy ?? 'a signal'}` : `exited with code ${code}`;
  return { kind: 'failed', message: `program ${how}` };
}
