import { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import { KubeClient } from '../services/shared/kube-client';
import type { GerritAdmin } from './gerrit/gerrit-admin';
import { CLUSTER_ADDRESS } from './gerrit/gerrit-options';
import { gerritSitePaths } from './gerrit/gerrit-site';
import { connectAdmin } from './gerrit/seed';
import { localPaths } from './paths';

/** The system that runs on this machine, as its administrators reach it. */
export interface LocalSystem {
  readonly kube: KubeClient;
  readonly gerrit: GerritAdmin;
}

const Available = z.object({ status: z.object({ availableReplicas: z.int().default(0) }) });
const INTAKE = ['statefulsets/gateway', 'deployments/trigger', 'deployments/reporter'];

/** The cluster's administrator. Throws when there is no kubeconfig: the cluster was never started. */
export function adminClient(paths = localPaths()): KubeClient {
  const config = new KubeConfig();
  config.loadFromFile(paths.adminKubeconfig);
  return new KubeClient(config);
}

/** Connects to the running system. Rejects when it does not run; `close()` of `gerrit` ends the connection. */
export async function connectLocal(paths = localPaths()): Promise<LocalSystem> {
  return { kube: adminClient(paths), gerrit: await connectAdmin(gerritSitePaths(paths.gerrit), CLUSTER_ADDRESS) };
}

/** Whether the system runs, down to the services that take events in and report. Never rejects. */
export async function isSystemUp(): Promise<boolean> {
  try {
    const kube = adminClient();
    const objects = await Promise.all(
      INTAKE.map((workload) => kube.get(`/apis/apps/v1/namespaces/gerrit-gateway/${workload}`)),
    );
    return objects.every((object) => Available.parse(object).status.availableReplicas > 0);
  } catch {
    return false;
  }
}
