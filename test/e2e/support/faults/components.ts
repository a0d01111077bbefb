import { z } from 'zod';
import { Label, Namespace } from '../../../../core/labels';
import { Port } from '../../../../core/service-config';
import { CLUSTER_ADDRESS } from '../../../../local/gerrit/gerrit-options';
import type { Component, LongConnections } from '../../../support/faults/plan-faults';
import type { System } from '../system';

/** Where a component's process is found, and its pod, if it has one. */
export interface Place {
  readonly command: RegExp;
  /** Name of the pod's service. */
  readonly pod?: string;
}

export const PLACES: Readonly<Record<Component, Place>> = {
  gateway: { command: /node \/app\/gateway\.js$/, pod: 'gateway' },
  'event-source': { command: /eventsource-service/, pod: 'event-source' },
  sensor: { command: /sensor-service/, pod: 'sensor' },
  nats: { command: /nats-server/, pod: 'nats' },
  trigger: { command: /node \/app\/trigger\.js$/, pod: 'trigger' },
  reporter: { command: /node \/app\/reporter\.js$/, pod: 'reporter' },
  'api-server': { command: /\/kube-apiserver / },
  gerrit: { command: /com\.google\.gerrit\.launcher\.GerritLauncher daemon/ },
};

const NATS = 4222;

/**
 * Connections that are kept for long, each noticed to be dead by keepalives of one end or the other. Not the Sensor's to the
 * trigger: with a call under way Argo's client waits as long as the kernel tries, a quarter of an hour.
 */
export const CONNECTIONS: LongConnections = {
  gateway: [CLUSTER_ADDRESS.sshPort],
  'event-source': [Port.eventSource, NATS],
  sensor: [NATS],
  trigger: [Port.ledger],
  reporter: [Port.ledger],
};

const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        labels: z.record(z.string(), z.string()).default({}),
        deletionTimestamp: z.string().optional(),
      }),
      status: z.object({
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
        containerStatuses: z
          .array(
            z.object({
              containerID: z.string().default(''),
              state: z.object({ waiting: z.object({ reason: z.string().default('') }).optional() }).default({}),
            }),
          )
          .default([]),
      }),
    }),
  ),
});

/** A pod of the event path as the API server knows it. */
export interface PodNow {
  readonly name: string;
  /** Name of its service. */
  readonly service: string;
  readonly isReady: boolean;
  readonly containers: readonly string[];
  /** The kubelet lets it wait before it starts it again. */
  readonly isHeldBack: boolean;
}

export const podPath = (name: string): string => `/api/v1/namespaces/${Namespace.gerritGateway}/pods/${name}`;

/** Pods of the event path that are not on their way out. */
export async function podsNow({ kube }: Pick<System, 'kube'>, timeoutMs: number): Promise<PodNow[]> {
  const { items } = Pods.parse(await kube.get(`/api/v1/namespaces/${Namespace.gerritGateway}/pods`, { timeoutMs }));
  return items.flatMap(({ metadata: { name, labels, deletionTimestamp }, status }) =>
    deletionTimestamp !== undefined
      ? []
      : [
          {
            name,
            service: labels[Label.name] ?? '',
            isReady: status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
            containers: status.containerStatuses.map(({ containerID }) => containerID),
            isHeldBack: status.containerStatuses.some(({ state }) => state.waiting?.reason === 'CrashLoopBackOff'),
          },
        ],
  );
}
