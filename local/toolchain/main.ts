import { PART_NAMES, type PartName, START_PARTS } from './parts';
import { lineProgress } from './progress';
import { ensureToolchain } from './toolchain';

/** `npx tsx local/toolchain/main.ts [PART...]`: makes the named parts, or all a start needs, and says where they are. */
async function main(names: readonly string[]): Promise<void> {
  const known = new Set<string>(PART_NAMES);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(`no part is called "${unknown.join('", "')}"; there are: ${PART_NAMES.join(', ')}`);
  }
  const wanted = names.length === 0 ? START_PARTS : PART_NAMES.filter((name) => names.includes(name));
  const startedMs = Date.now();
  const { cache } = await ensureToolchain(wanted as readonly PartName[], lineProgress(process.stderr));
  process.stderr.write(`${wanted.length} parts are ready in ${cache} (${Date.now() - startedMs} ms)\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
