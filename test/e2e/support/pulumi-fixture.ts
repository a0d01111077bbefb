import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { localPaths } from '../../../local/paths';
import { runPulumi } from '../../../local/pulumi/run-pulumi';
import { ensureToolchain } from '../../../local/toolchain/toolchain';

/** One resource of the fixture program. */
export interface FixtureResource {
  readonly name: string;
  /** Pulumi type token. */
  readonly type: string;
  readonly object: Readonly<Record<string, unknown>>;
  /** Names of resources that come before it. */
  readonly after?: readonly string[];
  /** Members whose value is a secret. */
  readonly secret?: readonly string[];
  /** Members known only after another resource was made: member, name of that resource. */
  readonly unknown?: readonly (readonly [string, string])[];
  readonly ignoreChanges?: string[];
}

export interface FixtureProgram {
  readonly provider: Readonly<Record<string, string | boolean>>;
  readonly resources: readonly FixtureResource[];
}

/** How a run of the CLI ended. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

const Step = z.object({
  op: z.string(),
  urn: z.string(),
  detailedDiff: z.record(z.string(), z.object({ kind: z.string() })).nullish(),
});
const Preview = z.object({
  steps: z.array(Step).default([]),
  diagnostics: z.array(z.object({ urn: z.string().default(''), message: z.string() })).default([]),
  changeSummary: z.record(z.string(), z.number()).default({}),
});

/** What a preview says: operation by resource name (unchanged ones left out), changed fields, remarks. */
export interface PreviewSummary {
  readonly operations: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly remarks: readonly string[];
}

/** A stack of the real CLI with a program that registers what the test says. */
export class PulumiFixture {
  private program: FixtureProgram;

  private constructor(
    private readonly folder: string,
    private readonly cli: string,
    provider: FixtureProgram['provider'],
  ) {
    this.program = { provider, resources: [] };
  }

  static async make(provider: FixtureProgram['provider']): Promise<PulumiFixture> {
    const toolchain = await ensureToolchain(['pulumi']);
    const folder = mkdtempSync(join(tmpdir(), 'seakeeper-pulumi-'));
    const root = join(__dirname, '..', '..', '..');
    cpSync(join(root, 'test', 'e2e', 'pulumi', 'program'), join(folder, 'program'), { recursive: true });
    cpSync(join(root, 'tsconfig.json'), join(folder, 'program', 'tsconfig.json'));
    writeFileSync(join(folder, 'program', 'package.json'), '{"main":"index.ts"}');
    symlinkSync(join(root, 'node_modules'), join(folder, 'program', 'node_modules'));
    const fixture = new PulumiFixture(folder, toolchain.binary('pulumi'), provider);
    const made = await fixture.run('stack', 'init', 'test');
    if (made.code !== 0) throw new Error(made.output);
    return fixture;
  }

  /** The program from now on. */
  declare(...resources: readonly FixtureResource[]): void {
    this.program = { ...this.program, resources };
  }

  /** Provider settings from now on. */
  configure(provider: FixtureProgram['provider']): void {
    this.program = { ...this.program, provider };
  }

  up(...args: readonly string[]): Promise<Outcome> {
    return this.run('up', '--yes', '--skip-preview', '--stack', 'test', ...args);
  }

  refresh(): Promise<Outcome> {
    return this.run('refresh', '--yes', '--skip-preview', '--stack', 'test');
  }

  destroy(): Promise<Outcome> {
    return this.run('destroy', '--yes', '--skip-preview', '--stack', 'test');
  }

  async preview(): Promise<PreviewSummary> {
    const { code, output } = await this.run('preview', '--json', '--stack', 'test');
    if (code !== 0) throw new Error(output);
    const preview = Preview.parse(JSON.parse(output.slice(output.indexOf('{\n'))));
    const changed = preview.steps.filter(({ op }) => op !== 'same');
    return {
      operations: Object.fromEntries(changed.map(({ op, urn }) => [nameOf(urn), op])),
      fields: Object.fromEntries(
        changed.map(({ urn, detailedDiff }) => [nameOf(urn), Object.keys(detailedDiff ?? {}).sort()]),
      ),
      remarks: preview.diagnostics.map(({ urn, message }) => `${nameOf(urn)}: ${message.trim()}`),
    };
  }

  /** The state file as it lies on disk. */
  stateText(): string {
    return readFileSync(join(this.folder, 'state', 'backend', '.pulumi', 'stacks', 'fixture', 'test.json'), 'utf8');
  }

  async run(...args: readonly string[]): Promise<Outcome> {
    return this.start(args);
  }

  /** Like `run`, with a way to interrupt it and to see each line as it comes. */
  async start(
    args: readonly string[],
    options: { signal?: AbortSignal; onLine?: (line: string) => void } = {},
  ): Promise<Outcome> {
    writeFileSync(join(this.folder, 'program', 'program.json'), JSON.stringify(this.program));
    const lines: string[] = [];
    const code = await runPulumi({
      args,
      cli: this.cli,
      paths: { cache: localPaths().cache, pulumi: join(this.folder, 'state') },
      projectFolder: join(this.folder, 'program'),
      // No home, no plug-ins of the user's: what is tried here is the stand-ins.
      environment: {
        ...process.env,
        HOME: this.folder,
        PULUMI_BACKEND_URL: undefined,
        PULUMI_HOME: undefined,
        KUBECONFIG: undefined,
      },
      output: (line) => {
        lines.push(line);
        options.onLine?.(line);
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return { code, output: lines.join('\n') };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf('::') + 2);
