import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** What one rendering took, as `render-once.ts` prints it. */
const Rendering = z.object({ seconds: z.number(), peakBytes: z.number(), files: z.number() });
export type Rendering = z.infer<typeof Rendering>;

export type Side = 'ours' | 'stock' | 'app-each';

/** One rendering in a process of its own. Rejects with what it printed when it fails. */
export async function renderInChild(side: Side, size: number | 'ci'): Promise<Rendering> {
  return inNewFolder(async (folder) => {
    const args = ['tsx', join(__dirname, 'render-once.ts'), side, String(size), folder];
    const { stdout } = await promisify(execFile)('npx', args);
    return Rendering.parse(JSON.parse(stdout));
  });
}

/** In memory where the machine has that: thousands of files on a busy disk would say nothing of either side. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Runs with an empty folder, which is gone afterwards. */
export async function inNewFolder<Result>(run: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(PARENT, 'seakeeper-render-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
