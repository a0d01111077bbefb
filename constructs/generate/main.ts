import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Definitions, renderTypes } from './render';
import { ARGO_EVENTS, ARGO_WORKFLOWS, type Selection } from './select';

/** Generated file of each selection, beside this folder. */
export const GENERATED = [
  { selection: ARGO_EVENTS, file: join(__dirname, '..', 'imports', 'argo-events.ts') },
  { selection: ARGO_WORKFLOWS, file: join(__dirname, '..', 'imports', 'argo-workflows.ts') },
] as const;

/** Where Go keeps the module's source, if it is there. */
export function moduleDirectory({ module, version }: Selection): string {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'seakeeper', 'go', 'mod');
  return join(process.env['GOMODCACHE'] ?? cache, `${module}@${version}`);
}

/** The TypeScript of a selection from the module's own schema. Throws when the module is not in the cache. */
export function generate(selection: Selection): string {
  const schema: { definitions: Definitions } = JSON.parse(
    readFileSync(join(moduleDirectory(selection), 'api', 'jsonschema', 'schema.json'), 'utf8'),
  );
  return renderTypes(selection, schema.definitions);
}

function main(): void {
  for (const { selection, file } of GENERATED) {
    const cache = moduleDirectory(selection).slice(0, -`${selection.module}@${selection.version}`.length - 1);
    execFileSync('go', ['mod', 'download', `${selection.module}@${selection.version}`], {
      env: { ...process.env, GOMODCACHE: cache, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' },
      stdio: 'inherit',
    });
    writeFileSync(file, generate(selection));
    console.error(`wrote ${file}`);
  }
}

if (require.main === module) {
  main();
}
