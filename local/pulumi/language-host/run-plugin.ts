import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { typeScriptSupport } from './typescript-program';

/** A provider or policy pack written for Node, as the engine asks for it. */
export interface PluginRun {
  /** Folder of its program. */
  readonly program: string;
  /** `resource` or `analyzer`. */
  readonly kind: string;
  readonly workingDirectory: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface PluginOutput {
  stdout(chunk: Uint8Array): void;
  stderr(chunk: Uint8Array): void;
  exit(code: number): void;
}

/** Exit code reported for a plug-in that was ended by a signal. */
const KILLED = 255;

/** Runs a plug-in's program and passes on what it prints, until it ends or `signal` ends it. */
export function runPluginProgram(run: PluginRun, signal: AbortSignal, output: PluginOutput): void {
  const analyzer = run.kind === 'analyzer';
  const runner = analyzer ? '@pulumi/pulumi/cmd/run-policy-pack' : '@pulumi/pulumi/cmd/run-plugin';
  // The one takes the engine's address first, the other the program.
  const args = analyzer ? [...run.args, run.program] : [run.program, ...run.args];
  const { nodeArgs, environment } = typeScriptSupport(run.program);
  const child = spawn(
    process.execPath,
    [...nodeArgs, createRequire(join(run.program, 'package.json')).resolve(runner), ...args],
    {
      // A policy pack reads its own package.json where it runs.
      cwd: analyzer ? run.program : run.workingDirectory,
      env: { ...process.env, ...run.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    },
  );
  child.stdout.on('data', (chunk: Uint8Array) => output.stdout(chunk));
  child.stderr.on('data', (chunk: Uint8Array) => output.stderr(chunk));
  child.once('error', (error) => output.stderr(Buffer.from(`${error.message}\n`)));
  child.once('close', (code) => output.exit(code ?? KILLED));
}
