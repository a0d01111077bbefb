import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';

/**
 * The user's kubeconfig (KUBECONFIG, else `~/.kube/config`) with the named context chosen.
 *
 * @throws when there is none, it cannot be read, or it has no such context: one line with what there is
 */
export function chooseContext(
  context: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): KubeConfig {
  const files = kubeconfigFiles(env);
  const found = files.filter((file) => existsSync(file));
  if (found.length === 0) {
    throw new Error(`no kubeconfig at ${files.join(', ')}; set KUBECONFIG to the file that has context '${context}'`);
  }
  const config = load(found);
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) {
    throw new Error(`${found.join(', ')} has no context '${context}'; it has: ${known.join(', ') || 'none'}`);
  }
  config.setCurrentContext(context);
  if (!config.getCurrentCluster()) {
    throw new Error(`context '${context}' of ${found.join(', ')} names a cluster that is not in it`);
  }
  return config;
}

function kubeconfigFiles(env: Readonly<Record<string, string | undefined>>): string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  return named.length > 0 ? named : [join(env['HOME'] || homedir(), '.kube', 'config')];
}

function load(files: readonly string[]): KubeConfig {
  const config = new KubeConfig();
  for (const [index, file] of files.entries()) {
    try {
      if (index === 0) {
        config.loadFromFile(file);
      } else {
        const other = new KubeConfig();
        other.loadFromFile(file);
        config.mergeConfig(other, true);
      }
    } catch (error) {
      throw new Error(`kubeconfig ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return config;
}
