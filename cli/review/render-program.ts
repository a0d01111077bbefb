/**
 * The program a review executes: renders a stack's whole cluster from the files of one folder, and nothing else. It is
 * bundled at a revision and run with no cluster, passphrase or network (docs/adr/0019), so its arguments and output are what
 * two revisions agree on: `STACK FOLDER` in, a header and one object a line out, as JSON.
 */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readStack } from '../../stacks/config/stack-file';
import { renderCluster } from '../../stacks/render/render-cluster';
import { capacitySummary } from './capacity-summary';

/** Characters collected before they are written: a write a line is half of the time. */
const CHUNK = 1 << 20;

function main([stack = '', folder = '']: readonly string[]): void {
  const inputs = readStack(stack, (path) => readFileSync(join(folder, path), 'utf8'));
  const { policy, capacity } = inputs.config;
  const excuses = { unpinnedImages: policy.acknowledgedUnpinnedImages, acceptShortfall: capacity.acceptShortfall };
  let text = `${JSON.stringify({ format: 1, capacity: capacitySummary(inputs), excuses })}\n`;
  for (const rendered of renderCluster(inputs)) {
    text += `${JSON.stringify(rendered)}\n`;
    if (text.length > CHUNK) {
      write(text);
      text = '';
    }
  }
  write(text);
}

/** Writes all of it: a pipe may take a part at a time, or none for now. */
function write(text: string): void {
  let left = Buffer.from(text);
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(1, left));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
