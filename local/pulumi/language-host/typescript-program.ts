import { createRequire } from 'node:module';
import { join } from 'node:path';

/** How Node is started so that it runs a TypeScript program. */
export interface TypeScriptSupport {
  readonly nodeArgs: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Beside this program, once both are built. */
const PRELOAD = join(__dirname, 'program-preload.cjs');

/** Our preload compiles with the program's own esbuild; without one the SDK's ts-node does it, slower. */
export function typeScriptSupport(folder: string, typescript = true): TypeScriptSupport {
  const preload = typescript && hasEsbuild(folder);
  return {
    nodeArgs: preload ? ['--require', PRELOAD] : [],
    environment: {
      SEAKEEPER_PROGRAM_CACHE: join(__dirname, 'compiled-programs'),
      SEAKEEPER_PROGRAM_FOLDER: folder,
      PULUMI_NODEJS_TYPESCRIPT: String(typescript && !preload),
    },
  };
}

function hasEsbuild(folder: string): boolean {
  try {
    createRequire(join(folder, 'package.json')).resolve('esbuild');
    return true;
  } catch {
    return false;
  }
}
