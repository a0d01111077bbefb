import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';

const Manifest = z.object({
  version: z.string().default(''),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** Direct dependencies of a program with the versions installed, for `pulumi about`. Those not installed are left out. */
export function programDependencies(folder: string): { name: string; version: string }[] {
  const resolve = createRequire(join(folder, 'package.json')).resolve;
  return Object.keys(readManifest(join(folder, 'package.json')).dependencies).flatMap((name) => {
    try {
      return [{ name, version: readManifest(resolve(`${name}/package.json`)).version }];
    } catch {
      return [];
    }
  });
}

const readManifest = (path: string) => Manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
