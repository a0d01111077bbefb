import type { Cluster } from './cluster';
import type { ResourceLog } from './engine-log';
import type { PropertyValues } from './property-values';
import type { ProviderConfig } from './provider-config';

/** What every operation works with. */
export interface ProviderContext {
  readonly config: ProviderConfig;
  /** Undefined when it is not known or did not answer: previews are then made from the program. */
  readonly cluster: Cluster | undefined;
  /** Why there is no `cluster`. */
  readonly missing: string;
  readonly log: ResourceLog;
  /** Warns about something that is the same for many resources: once a run and topic. */
  readonly sayOnce: (topic: string, message: string) => void;
  /** Fires when the engine asks to stop waiting. */
  readonly cancelled: AbortSignal;
}

/** A resource as the engine hands it over. */
export interface ResourceRequest {
  readonly urn: string;
  /** Type token, such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly inputs: PropertyValues;
  /** Outputs of the last operation; empty for a new resource. */
  readonly state: PropertyValues;
  /** The resource's own timeout option; 0: none. Seconds. */
  readonly timeoutSeconds: number;
}

/** The cluster, or an error that says why there is none. */
export function requireCluster(context: ProviderContext): Cluster {
  if (context.cluster === undefined)
    throw new Error(`configured Kubernetes cluster is unreachable: ${context.missing}`);
  return context.cluster;
}
