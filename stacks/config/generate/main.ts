import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackFileSchema } from './json-schema';
import { projectFile } from './project-file';
import { referencePage } from './reference';

const ROOT = join(__dirname, '..', '..', '..');

/** What is generated from the schema of stack config, by file. */
export const GENERATED: Readonly<Record<string, () => string>> = {
  'Pulumi.yaml': () => projectFile(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8')),
  'stacks/config/stack-config.schema.json': () => `${JSON.stringify(stackFileSchema(), null, 2)}\n`,
  'docs/reference/stack-config.md': referencePage,
};

if (require.main === module) {
  for (const [file, generate] of Object.entries(GENERATED)) {
    writeFileSync(join(ROOT, file), generate());
    console.error(`wrote ${file}`);
  }
}
