import { ApiServer, UnreachableError } from './api-server';
import { Cluster } from './cluster';
import type { ProviderContext } from './context';
import type { ResourceLog } from './engine-log';
import type { JsonObject } from './json';
import { readProviderConfig } from './provider-config';

/**
 * Finds the provider's cluster and asks it what kinds it has. A cluster that cannot be found or does not answer is no error
 * yet: previews go on without it, and what must reach it says why it cannot.
 */
export async function connect(inputs: JsonObject, log: ResourceLog, cancelled: AbortSignal): Promise<ProviderContext> {
  const config = readProviderConfig(inputs);
  const context = { config, log, cancelled, sayOnce: onceATopic(log) };
  if (config.kubeConfig === undefined) return { ...context, cluster: undefined, missing: config.missing };
  const cluster = new Cluster(new ApiServer(config.kubeConfig));
  try {
    await cluster.kinds.load();
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return { ...context, cluster: undefined, missing: error.message };
  }
  return { ...context, cluster, missing: '' };
}

function onceATopic(log: ResourceLog): ProviderContext['sayOnce'] {
  const said = new Set<string>();
  return (topic, message) => {
    if (said.has(topic)) return;
    said.add(topic);
    log.warn('', message);
  };
}
