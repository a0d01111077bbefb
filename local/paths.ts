import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the local cluster keeps what it writes. All are absolute paths; none need exist yet. */
export type LocalPaths = Readonly<{
  /** Built parts and images, by version: safe to delete, costs a rebuild. */
  cache: string;
  /** Everything that makes up the running cluster: etcd data, PKI, logs, Gerrit site, Pulumi backend. */
  state: string;
  /** Client configuration of the cluster's administrator (context `seakeeper-local`). */
  adminKubeconfig: string;
  pki: string;
  /** Client configurations of the control plane's own parts. */
  kubeconfigs: string;
  etcd: string;
  /** Configuration files written at every start. */
  config: string;
  logs: string;
  /** Sockets, pids and the record of changes to the host: gone after a reboot, like what they describe. */
  run: string;
  kubelet: string;
  /** containerd's image store, which outlives a stop: images cannot be pulled again. */
  containerdRoot: string;
  volumes: string;
  gerrit: string;
  pulumi: string;
}>;

/** Folders of the local cluster under `$XDG_CACHE_HOME` and `$XDG_STATE_HOME` (or their defaults below the home folder). */
export function localPaths(env: Readonly<Record<string, string | undefined>> = process.env): LocalPaths {
  const home = env['HOME'] ?? homedir();
  const cache = join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'seakeeper');
  const state = join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'seakeeper', 'local');
  return {
    cache,
    state,
    adminKubeconfig: join(state, 'admin.kubeconfig'),
    pki: join(state, 'pki'),
    kubeconfigs: join(state, 'kubeconfigs'),
    etcd: join(state, 'etcd'),
    config: join(state, 'config'),
    logs: join(state, 'logs'),
    run: '/run/seakeeper',
    kubelet: join(state, 'kubelet'),
    containerdRoot: join(state, 'containerd'),
    volumes: join(state, 'volumes'),
    gerrit: join(state, 'gerrit'),
    pulumi: join(state, 'pulumi'),
  };
}
