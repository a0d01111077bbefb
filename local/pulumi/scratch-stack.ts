import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { localPaths } from '../paths';
import { ensureToolchain } from '../toolchain/toolchain';
import { ensurePassphrase, localStackFiles, PROJECT_FOLDER } from './local-stack';
import { passphraseCrypter } from './passphrase-secrets';
import { runPulumi } from './run-pulumi';

/** What a stack is run with; both may differ from run to run. */
export interface ScratchStackSource {
  /** The program, relative to the project. */
  readonly program: string;
  /** Configuration by full key, such as `seakeeper:classes`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Encrypted in the file that is written. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** How a run of the CLI ended. */
export interface ScratchRun {
  readonly code: number;
  readonly output: string;
}

/** Characters of a failed run's output in its error. */
const MOST_SHOWN = 4000;

const StackFile = z.looseObject({ encryptionsalt: z.string().optional() });

/**
 * A stack of the real CLI with a state of its own: this project's code, with another program or configuration. The folder
 * is the caller's to make and remove; stacks in one folder share a backend and may refer to each other.
 */
export class ScratchStack {
  private readonly project: string;
  private readonly state: string;

  constructor(
    folder: string,
    readonly name = 'scratch',
  ) {
    this.project = join(folder, `project-${name}`);
    this.state = join(folder, 'state');
  }

  /** From now on. */
  async use({ config, program, secrets }: ScratchStackSource): Promise<void> {
    // The CLI keeps there what the state's secrets are decrypted with.
    const before = existsSync(this.configFile) ? StackFile.parse(parse(readFileSync(this.configFile, 'utf8'))) : {};
    const crypter = await passphraseCrypter(ensurePassphrase(localStackFiles(this.state)), before.encryptionsalt);
    const secure = Object.entries(secrets).map(([key, value]) => [key, { secure: crypter.encrypt(value) }]);
    rmSync(this.project, { recursive: true, force: true });
    mkdirSync(this.project, { recursive: true });
    for (const name of readdirSync(PROJECT_FOLDER)) {
      if (name !== '.git' && !/^Pulumi\./.test(name)) symlinkSync(join(PROJECT_FOLDER, name), join(this.project, name));
    }
    const main = readFileSync(join(PROJECT_FOLDER, 'Pulumi.yaml'), 'utf8').replace(/^main: .*$/m, `main: ${program}`);
    writeFileSync(join(this.project, 'Pulumi.yaml'), main);
    const stack = { encryptionsalt: crypter.salt, config: { ...config, ...Object.fromEntries(secure) } };
    writeFileSync(this.configFile, stringify(stack), { mode: 0o600 });
  }

  /** Runs the CLI; a run that fails is an outcome like another. */
  async attempt(...args: readonly string[]): Promise<ScratchRun> {
    if (this.stateFile() === undefined) await this.runCli('stack', 'init', this.name, '--no-select');
    return this.runCli(...args, '--stack', this.name);
  }

  /** Runs the CLI. Resolves to what it said; rejects with its diagnostics when it fails. */
  async run(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.attempt(...args);
    if (code === 0) return output;
    const why = output.slice(Math.max(0, output.indexOf('Diagnostics:'))).slice(0, MOST_SHOWN);
    throw new Error(`pulumi ${args.join(' ')} ended with ${code}:\n${why}`);
  }

  /** Where the state lies on disk; undefined before the first run. */
  stateFile(): string | undefined {
    const file = join(localStackFiles(this.state).backend, '.pulumi', 'stacks', 'seakeeper', `${this.name}.json`);
    return existsSync(file) ? file : undefined;
  }

  private get configFile(): string {
    return join(this.project, `Pulumi.${this.name}.yaml`);
  }

  private async runCli(...args: readonly string[]): Promise<ScratchRun> {
    const toolchain = await ensureToolchain(['pulumi']);
    const lines: string[] = [];
    const code = await runPulumi({
      args,
      paths: { cache: localPaths().cache, pulumi: this.state },
      cli: toolchain.binary('pulumi'),
      projectFolder: this.project,
      output: (line) => void lines.push(line),
      environment: {
        ...process.env,
        // Its own backend and passphrase, whatever the user has logged in to.
        PULUMI_BACKEND_URL: undefined,
        PULUMI_HOME: undefined,
        // A file backend otherwise writes the whole state after each step: two thousand steps take most of an hour.
        PULUMI_EXPERIMENTAL: 'true',
        PULUMI_SKIP_CHECKPOINTS: 'true',
      },
    });
    return { code, output: lines.join('\n') };
  }
}
