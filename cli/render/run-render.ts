import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { summarizeLoad } from '../../infra/control-plane/control-plane-load';
import { readStack } from '../../stacks/config/stack-file';
import { controlPlaneLoadOf } from '../../stacks/control-plane';
import { groupObjects, type RenderedGroup } from '../../stacks/render/documents';
import { renderCluster } from '../../stacks/render/render-cluster';
import { FORMATS, type Format, writeFiles } from './write-files';

export interface RenderOptions {
  readonly stack: string;
  /** Folder that gets a file for each release and project, or `-` for standard output. */
  readonly out: string;
  readonly format: Format;
}

const PROJECT = join(__dirname, '../..');

/**
 * `npm run render`: writes everything a stack would have in the cluster, project namespaces included, secrets masked. Needs
 * no cluster, engine, passphrase or network, and holds one release or project at a time.
 */
export async function runRender({ stack, out, format }: RenderOptions): Promise<void> {
  const inputs = readStack(stack, (path) => readFileSync(join(PROJECT, path), 'utf8'));
  const groups = groupObjects(renderCluster(inputs));
  if (out === '-') return print(groups, format);
  process.stderr.write(`${writeFiles(groups, out, format)} files in ${out}\n`);
  process.stderr.write(`control plane: ${summarizeLoad(controlPlaneLoadOf(inputs))}\n`);
}

async function print(groups: Iterable<RenderedGroup>, format: Format): Promise<void> {
  try {
    await pipeline(Readable.from(chunks(groups, format)), process.stdout);
  } catch (error) {
    // The reader has seen enough, as `head` has.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}

function* chunks(groups: Iterable<RenderedGroup>, format: Format): Generator<string> {
  const { text, between } = FORMATS[format];
  let first = true;
  for (const group of groups) {
    yield (first ? '' : between) + text(group);
    first = false;
  }
}
