import { Namespace } from '../../core/labels';
import { ProvisionerObject } from '../../core/project';
import type { ProvisionerConfig } from '../../core/service-config';
import { GerritClient } from '../shared/gerrit-client';
import type { Readiness } from '../shared/health-server';
import type { KubeClient } from '../shared/kube-client';
import type { LeaseTimings } from '../shared/leader-election/lease';
import { runAsLeader } from '../shared/leader-election/run-as-leader';
import type { Logger } from '../shared/log';
import { startLastRuns } from './last-runs/last-runs';
import { startMembers } from './members/members';
import { startNamespaces } from './namespaces/start-namespaces';
import type { Store } from './namespaces/store-keys';
import { startSelfServe } from './self-serve/self-serve';
import { Settings } from './settings';

export interface ProvisionerParts {
  readonly config: ProvisionerConfig;
  readonly kube: KubeClient;
  /** Accounts at the artifact store. */
  readonly store: Store;
  /** HTTP password of the Gerrit account; read for every call, and never where no Gerrit is configured. @default - Gerrit is not asked */
  readonly gerritPassword?: () => string;
  readonly log: Logger;
  readonly readiness: Readiness;
  /** Aborted to stop. */
  readonly signal: AbortSignal;
  /** How often everything is listed anew. Milliseconds. @default 600000 */
  readonly relistMs?: number;
  /** Times of the lease that says who leads. @default - 15 s, renewed every 2 s */
  readonly lease?: LeaseTimings;
}

/** Calls to Gerrit at once for the people of projects. */
const GERRIT_CONNECTIONS = 8;

/**
 * Runs the provisioner: one of its replicas leads and does all the work, the others stand by. Returns what waits for the
 * hand-over after `signal` fired.
 */
export function startProvisioner(parts: ProvisionerParts): () => Promise<void> {
  const { config, kube, lease, log, readiness, signal } = parts;
  const settings = new Settings(config, log);
  const following = settings.follow(kube, signal);
  const leading = runAsLeader({
    kube,
    log,
    readiness,
    signal,
    lease: { namespace: Namespace.seakeeperSystem, name: ProvisionerObject.lease },
    ...(lease === undefined ? {} : { timings: lease }),
    lead: async (fenced, leading) => {
      const ends = startWork(parts, settings, fenced, leading);
      return async () => {
        await Promise.all(ends.map((end) => end()));
      };
    },
  });
  return async () => {
    await Promise.all([leading(), following]);
  };
}

/** What the leader does: controllers that talk to each other through Project objects only. */
function startWork(
  { gerritPassword, log, readiness, relistMs, store }: ProvisionerParts,
  settings: Settings,
  kube: KubeClient,
  signal: AbortSignal,
): (() => Promise<void>)[] {
  const config = () => settings.current;
  const namespaces = startNamespaces({
    kube,
    settings,
    store,
    log,
    readiness,
    signal,
    ...(relistMs === undefined ? {} : { relistMs }),
  });
  const lastRuns = startLastRuns({ kube, log });
  if (gerritPassword === undefined) return [namespaces, lastRuns];
  const gerrit = gerritClient(settings.current, gerritPassword);
  const members = startMembers({ config, kube, gerrit, log });
  return [
    namespaces,
    lastRuns,
    startSelfServe({ kube, config, gerritPassword, log }),
    async () => {
      await members();
      await gerrit?.close();
    },
  ];
}

/** Undefined where no Gerrit is configured. Another address needs a restart; everything else is followed. */
function gerritClient({ gerrit }: ProvisionerConfig, password: () => string): GerritClient | undefined {
  if (gerrit === undefined) return undefined;
  return new GerritClient({
    baseUrl: gerrit.httpUrl,
    account: gerrit.account,
    password,
    connections: GERRIT_CONNECTIONS,
  });
}
