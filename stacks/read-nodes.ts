import { existsSync } from 'node:fs';
import * as pulumi from '@pulumi/pulumi';
import type { PoolNode } from '../infra/nodes/fit';
import { parseNode } from '../infra/nodes/parse-node';

/** A value that only this process sees: it is used, and goes into no output. */
const plain = <T>(value: pulumi.Output<T> | undefined): Promise<T | undefined> =>
  value === undefined ? Promise.resolve(undefined) : new Promise((resolve) => void value.apply(resolve));

/**
 * Nodes of the configured cluster that a pool is written on, by the provider's own configuration keys.
 *
 * @throws when the cluster cannot be asked, naming the key that says otherwise
 */
export async function readNodes(): Promise<PoolNode[]> {
  // A second to load, and needed where the machines are not in stack config only.
  const { CoreV1Api, KubeConfig } = await import('@kubernetes/client-node');
  const config = new pulumi.Config('kubernetes');
  const kube = new KubeConfig();
  const given = await plain(config.getSecret('kubeconfig'));
  if (given === undefined) {
    kube.loadFromDefault();
  } else if (existsSync(given)) {
    kube.loadFromFile(given);
  } else {
    kube.loadFromString(given);
  }
  const context = config.get('context');
  if (context !== undefined) {
    kube.setCurrentContext(context);
  }
  try {
    const { items } = await kube.makeApiClient(CoreV1Api).listNode();
    return items.flatMap((node) => parseNode(node) ?? []);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `the nodes of the cluster cannot be read, which seakeeper:capacity.machinesFrom 'cluster' asks for: ${reason}; reach the cluster, or list seakeeper:machines and set it to 'config'`,
      { cause: error },
    );
  }
}
