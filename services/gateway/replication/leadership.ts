import { ServiceAccounts } from '../../../core/access';
import { Annotation, Label } from '../../../core/labels';
import type { Fence } from '../../shared/fence';
import type { Readiness } from '../../shared/health-server';
import { type KubeClient, KubeError } from '../../shared/kube-client';
import type { LeaseTimings } from '../../shared/leader-election/lease';
import { leaderIdentity, runAsLeader } from '../../shared/leader-election/run-as-leader';
import type { Logger } from '../../shared/log';

/** Between what a process is known by in the lease and its volume. */
const ON_VOLUME = '_on_';

/** What a replica may and must do while it leads. */
export interface Office {
  /** Asked before anything is handed on or answered. */
  readonly fence: Fence;
  /** Writes into the lease who may take it over beside us; rejects when that is not certain. */
  readonly record: (standbys: readonly string[]) => Promise<void>;
  /** Sends everybody to this replica. */
  readonly announce: () => Promise<void>;
}

/** Work of a leader: resolves, once begun, to what ends it. The signal fires when leading is over. */
export type LeadGateway = (office: Office, signal: AbortSignal) => Promise<() => Promise<void>>;

export interface LeadershipOptions {
  readonly kube: KubeClient;
  readonly replicas: number;
  /** Number of this replica in the StatefulSet. */
  readonly ordinal: number;
  /** What our volume is known by. */
  readonly replica: string;
  readonly log: Logger;
  readonly readiness: Readiness;
  readonly signal: AbortSignal;
  /** Whether this replica may lead when these may, by the lease; undefined: it names nobody. */
  readonly mayLead: (inStep: readonly string[] | undefined) => boolean;
  readonly lead: LeadGateway;
  /** @default - 15 s, renewed every 2 s */
  readonly timings?: LeaseTimings;
}

/** Leads whenever the gateway's Lease is ours. Returns what waits for the hand-over after `signal` fired. */
export function runLeadership(options: LeadershipOptions): () => Promise<void> {
  const { namespace, name } = ServiceAccounts.gateway;
  const { kube, log, readiness, signal, replica, timings } = options;
  const identity = `${leaderIdentity()}${ON_VOLUME}${replica}`;
  return runAsLeader({
    ...{ kube, log, readiness, signal },
    ...(timings === undefined ? {} : { timings }),
    lease: { namespace, name },
    identity,
    isGone: (holder) => isPredecessor(holder, identity),
    mayLead: (lease) => options.mayLead(parseInStep(lease?.metadata.annotations?.[Annotation.inStep])),
    lead: (fenced, over, { fence, annotate }) =>
      options.lead(
        {
          fence,
          record: (standbys) => annotate({ [Annotation.inStep]: [replica, ...standbys].join() }),
          announce: () => announce(fenced, options),
        },
        over,
      ),
  });
}

/**
 * Whether a holder of the lease was a process of the same pod with the same volume. We hold that volume, which one
 * process does at a time: it has ended.
 */
export function isPredecessor(holder: string, identity: string): boolean {
  const [pod, volume] = placeOf(identity);
  const [otherPod, otherVolume] = placeOf(holder);
  return pod === otherPod && volume !== undefined && volume === otherVolume;
}

function placeOf(identity: string): [pod: string | undefined, volume: string | undefined] {
  return [identity.split('_')[0], identity.split(ON_VOLUME)[1]];
}

function parseInStep(annotation: string | undefined): readonly string[] | undefined {
  return annotation === undefined || annotation === '' ? undefined : annotation.split(',');
}

/** Moves the label that the Service selects to our pod: first from the others, for two would share the callers. */
async function announce(kube: KubeClient, { replicas, ordinal, log }: LeadershipOptions): Promise<void> {
  for (let other = 0; other < replicas; other++) {
    if (other !== ordinal) {
      await label(kube, other, null).catch((error: unknown) => {
        if (!(error instanceof KubeError) || error.status !== 404) {
          throw error;
        }
      });
    }
  }
  await label(kube, ordinal, 'leader');
  log.info('callers are sent to this replica');
}

async function label(kube: KubeClient, ordinal: number, role: 'leader' | null): Promise<void> {
  const { namespace, name } = ServiceAccounts.gateway;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}-${ordinal}`;
  await kube.patch(path, 'merge', { metadata: { labels: { [Label.role]: role } } });
}

/** Number of a pod of a StatefulSet, by its host name. */
export function ordinalOf(hostname: string): number {
  return Number(/-(\d+)$/.exec(hostname)?.[1] ?? 0);
}
