import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { messageOf } from '../../services/shared/errors';
import { KubeClient } from '../../services/shared/kube-client';
import { chooseContext } from '../context/kube-context';

/** Which cluster is meant. */
export interface ClusterChoice {
  readonly context?: string;
  readonly kubeconfig?: string;
  /** Kubeconfig that is meant when nothing is said: the embedded cluster's, for stack `local`. */
  readonly fallback?: string | undefined;
  readonly offline: boolean;
}

/** A cluster to ask, and its name for people. */
export interface Cluster {
  readonly kube: KubeClient;
  readonly server: string;
}

/**
 * The cluster whose API server is asked: the one that is named, else the present context of the user's kubeconfig.
 * A text says why there is none. Throws when one is named that is not there.
 */
export function chooseCluster(choice: ClusterChoice, env = process.env): Cluster | string {
  const { context, kubeconfig, fallback, offline } = choice;
  if (offline) return '--offline was given';
  const files = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const file = kubeconfig ?? (context === undefined ? fallback : undefined);
  if (kubeconfig !== undefined && !existsSync(kubeconfig)) {
    throw new Error(`no kubeconfig at ${kubeconfig}; name the file of the cluster's credentials`);
  }
  if (context !== undefined) {
    return clusterOf(chooseContext(context, file === undefined ? env : { ...env, KUBECONFIG: file }));
  }
  const standing = file === undefined ? [...files, join(env['HOME'] || homedir(), '.kube', 'config')] : [file];
  const found = standing.find((path) => existsSync(path));
  if (found === undefined) return 'there is no kubeconfig; --context or --kubeconfig names a cluster';
  const config = new KubeConfig();
  try {
    // Several files of KUBECONFIG are one configuration.
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (error) {
    // A parser's reason is followed by a picture of the place.
    const [reason = ''] = messageOf(error).split('\n');
    throw new Error(`kubeconfig ${found} cannot be read: ${reason}`);
  }
  return clusterOf(config);
}

function clusterOf(config: KubeConfig): Cluster {
  const { server = '' } = config.getCurrentCluster() ?? {};
  return { kube: new KubeClient(config), server: `${server} (context ${config.getCurrentContext()})` };
}
