/**
 * Loaded before a program written in TypeScript: compiles its files one by one with esbuild, as ts-node would, and keeps
 * what it compiled. ts-node loads the whole TypeScript compiler and compiles everything anew on every preview.
 *
 * In the environment: `SEAKEEPER_PROGRAM_CACHE`, folder for compiled files; `SEAKEEPER_PROGRAM_FOLDER`, the program's.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cheapenPromiseTraces } from './promise-traces';

const cache = process.env['SEAKEEPER_PROGRAM_CACHE'] ?? '';
const programRequire = createRequire(join(process.env['SEAKEEPER_PROGRAM_FOLDER'] ?? '.', 'package.json'));

/** What Node's modules can do and its types do not tell. */
interface CompilableModule {
  _compile(code: string, path: string): void;
}

const isCompilable = (module: object): module is CompilableModule => '_compile' in module;

interface SourceMapSupport {
  install(options: { retrieveSourceMap(path: string): { url: string; map: string } | null }): void;
}

/** Compiled file of each source file, for positions in errors. */
const compiled = new Map<string, string>();

function compile(path: string): string {
  const source = readFileSync(path, 'utf8');
  const name = createHash('sha256').update(esbuildVersion()).update(path).update('\0').update(source).digest('hex');
  const file = join(cache, `${name}.cjs`);
  compiled.set(path, file);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const esbuild: typeof import('esbuild') = programRequire('esbuild');
  const { code } = esbuild.transformSync(source, {
    loader: 'ts',
    format: 'cjs',
    target: 'node24',
    sourcefile: path,
    sourcemap: 'inline',
    sourcesContent: false,
  });
  // Renamed into place, for a preview may run beside another.
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
  return code;
}

let version: string | undefined;
function esbuildVersion(): string {
  version ??= readFileSync(programRequire.resolve('esbuild/package.json'), 'utf8');
  return version;
}

const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/;

function retrieveSourceMap(path: string): { url: string; map: string } | null {
  const file = compiled.get(path);
  const encoded = file && INLINE_MAP.exec(readFileSync(file, 'utf8'))?.[1];
  return encoded ? { url: path, map: Buffer.from(encoded, 'base64').toString('utf8') } : null;
}

mkdirSync(cache, { recursive: true });
require.extensions['.ts'] = (module, path) => {
  if (!isCompilable(module)) throw new Error(`this Node cannot load ${path}`);
  module._compile(compile(path), path);
};

const sdk = createRequire(programRequire.resolve('@pulumi/pulumi/package.json'));
const sourceMapSupport: SourceMapSupport = sdk('source-map-support');
sourceMapSupport.install({ retrieveSourceMap });
cheapenPromiseTraces();
