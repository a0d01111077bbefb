import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { buildPlugins } from './build-plugins';

/** A helper of the Pulumi CLI that no package registry has. */
interface Plugin {
  readonly kind: 'language' | 'resource';
  readonly name: string;
  /** Package whose version the plug-in's is. */
  readonly sdk: string;
}

const PLUGINS: readonly Plugin[] = [
  { kind: 'language', name: 'nodejs', sdk: '@pulumi/pulumi' },
  { kind: 'resource', name: 'kubernetes', sdk: '@pulumi/kubernetes' },
];

const executableOf = ({ kind, name }: Plugin): string => `pulumi-${kind}-${name}`;
const folderOf = (plugin: Plugin): string => `${plugin.kind}-${plugin.name}-v${sdkVersion(plugin.sdk)}`;

const Manifest = z.object({ version: z.string() });

function sdkVersion(sdk: string): string {
  const manifest = createRequire(__filename).resolve(`${sdk}/package.json`);
  return Manifest.parse(JSON.parse(readFileSync(manifest, 'utf8'))).version;
}

/**
 * Whether upstream's plug-ins of the SDKs' versions are all installed: on PATH, beside the CLI, or in the user's own
 * plug-in folder.
 */
export function hasUpstreamPlugins(env: Readonly<Record<string, string | undefined>>, cli: string): boolean {
  const home = env['PULUMI_HOME'] || join(env['HOME'] || homedir(), '.pulumi');
  const onPath = [...(env['PATH'] ?? '').split(delimiter), join(cli, '..')];
  return PLUGINS.every((plugin) => {
    const executable = executableOf(plugin);
    const inHome = join(home, 'plugins', folderOf(plugin), executable);
    return existsSync(inHome) || onPath.some((folder) => existsSync(join(folder, executable)));
  });
}

/**
 * Puts the stand-ins into a Pulumi home of our own, as if the CLI had downloaded them there. On PATH they would work
 * too, but the CLI warns about every plug-in it finds there, on every run.
 */
export async function installStandIns(cache: string, pulumiHome: string): Promise<void> {
  const built = await buildPlugins(cache);
  for (const plugin of PLUGINS) {
    const folder = join(pulumiHome, 'plugins', folderOf(plugin));
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(built, executableOf(plugin)), join(folder, executableOf(plugin)));
  }
}
