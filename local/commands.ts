import { clusterStatus, renderStatus } from './cluster/cluster-status';
import { stopCluster } from './cluster/stop-cluster';
import { localPaths } from './paths';
import { step } from './steps';

/** Stops the local cluster and leaves the machine as it was; state and images stay. */
export async function stop(): Promise<void> {
  await step('stop the cluster', () => stopCluster(localPaths()));
}

/** Prints which processes of the local cluster run; resolves to whether all do. */
export async function status(): Promise<boolean> {
  const found = await clusterStatus(localPaths());
  process.stdout.write(renderStatus(found));
  return found.healthy;
}
