import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { CuratedTemplatesChart } from '../../../constructs/curated-templates-chart';
import { IMAGES } from '../fixtures';
import { synth } from '../synth';

const Runs = z.object({ command: z.array(z.string()) });
const Published = z.object({
  templates: z.array(z.object({ name: z.string(), script: Runs.optional(), container: Runs.optional() })),
});

const chart = synth((app) => new CuratedTemplatesChart(app, 'templates', { images: IMAGES }));

/** What came of a script. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A curated template's own shell script, run by this machine's shell in a folder that stands for the pod's workspace. */
export class Rehearsal {
  readonly folder = mkdtempSync(join(tmpdir(), 'seakeeper-template-'));

  /** A path below `/workspace`. */
  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.path(path), '..'), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  /** Runs a template's script; `file` is the script's argument, as Argo passes that of a script template. */
  run(
    callee: `${string}/${string}`,
    environment: Readonly<Record<string, string>>,
    file?: { text: string; edit?: (script: string) => string },
  ): Outcome {
    const [shell = '', flags = '', script = ''] = commandOf(callee);
    const here = (text: string) => text.replaceAll('/workspace', this.folder);
    if (file !== undefined) writeFileSync(this.path('command'), file.text);
    const edited = here(file?.edit?.(script) ?? script);
    const { status, stdout, stderr } = spawnSync(
      shell,
      [flags, edited, ...(file === undefined ? [] : [this.path('command')])],
      {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          HOME: this.path('home'),
          ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, here(value)])),
        },
      },
    );
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function commandOf(callee: string): readonly string[] {
  const [name, template] = callee.split('/');
  const object = chart.all('ClusterWorkflowTemplate').find(({ metadata }) => metadata.name === name);
  const found = Published.parse(object?.['spec']).templates.find((one) => one.name === template);
  return (found?.script ?? found?.container)?.command ?? [];
}
