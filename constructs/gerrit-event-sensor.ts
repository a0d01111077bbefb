import type { Construct } from 'constructs';
import { PriorityClass, ServiceAccounts } from '../core/access';
import { Namespace } from '../core/labels';
import type { Pipeline } from '../core/pipeline';
import { Port } from '../core/service-config';
import { BusSecret, NATS_PORT } from './event-bus-server';
import { CONTAINER_SECURITY, POD_SECURITY, plainResources } from './hardened';
import { EventBus, EventSource, Sensor, type Template, type Trigger } from './imports/argo-events';
import { commonLabels } from './metadata';
import { systemPlacementOf } from './system-placement';

/** The bus Argo Events looks for when an object names none. */
const BUS = 'default';
const EVENT_SOURCE = 'gerrit';
/**
 * Argo's gRPC clients leave it to the kernel to notice a dead connection, which by default does after two hours; an
 * EventSource that only listens would be deaf for as long. Here after half a minute. All three are safe sysctls, which
 * Pod Security `restricted` allows.
 */
const KEEPALIVE = [
  { name: 'net.ipv4.tcp_keepalive_time', value: '15' },
  { name: 'net.ipv4.tcp_keepalive_intvl', value: '5' },
  { name: 'net.ipv4.tcp_keepalive_probes', value: '3' },
];
/** The Sensor of the proposal's name. */
export const SENSOR = 'gerrit-event-sensor';

/** The EventBus of the namespace: it names our own JetStream, whose certificate its clients check. */
export function gerritEventBus(scope: Construct, id: string): EventBus {
  return new EventBus(scope, id, {
    metadata: { name: BUS, namespace: Namespace.gerritGateway, labels: commonLabels(BUS) },
    spec: {
      jetstreamExotic: {
        url: `nats://${host(ServiceAccounts.nats)}:${NATS_PORT}`,
        accessSecret: { name: BusSecret.auth, key: 'auth' },
        tls: { caCertSecret: { name: BusSecret.tls, key: 'tls.crt' } },
        // JSON is YAML. What is older than the resend window is in the ledger, and sent again.
        streamConfig: JSON.stringify({ maxMsgs: 50_000, maxAge: '168h', replicas: 1, duplicates: '300s' }),
      },
    },
  });
}

/** Argo's generic EventSource as the gateway's standard client: one stream a pipeline. */
export function gerritEventSource(scope: Construct, id: string, pipelines: readonly Pipeline[]): EventSource {
  const url = `${host(ServiceAccounts.gateway)}:${Port.eventSource}`;
  return new EventSource(scope, id, {
    metadata: { name: EVENT_SOURCE, namespace: Namespace.gerritGateway, labels: commonLabels(EVENT_SOURCE) },
    spec: {
      template: podTemplate(scope, ServiceAccounts.eventSource.name),
      generic: Object.fromEntries(
        // Argo's client has no TLS; a NetworkPolicy admits it and nobody else to this port.
        pipelines.map(({ name }) => [name, { insecure: true, url, config: name, jsonBody: true }]),
      ),
    },
  });
}

/**
 * The Sensor that routes by pipeline to our trigger. It has no filter: a message a filter drops is gone without a
 * word, and the gateway has already filtered with its reason on record.
 */
export function gerritEventSensor(scope: Construct, id: string, pipelines: readonly Pipeline[]): Sensor {
  return new Sensor(scope, id, {
    metadata: { name: SENSOR, namespace: Namespace.gerritGateway, labels: commonLabels(SENSOR) },
    spec: {
      template: podTemplate(scope, ServiceAccounts.sensor.name),
      dependencies: pipelines.map(({ name }) => ({
        name: dependencyName(name),
        eventSourceName: EVENT_SOURCE,
        eventName: name,
      })),
      triggers: pipelines.map(({ name }) => trigger(name)),
    },
  });
}

/** Never renamed: Argo's durable consumers are named by Sensor, trigger and dependency, and a new one skips the past. */
const dependencyName = (pipeline: string): string => `on-${pipeline}`;

function trigger(pipeline: string): Trigger {
  const dependency = dependencyName(pipeline);
  return {
    // Without it the message is acknowledged before the trigger has it.
    atLeastOnce: true,
    retryStrategy: { steps: 6, duration: '500ms', factor: 2, jitter: 0.1 },
    template: {
      name: pipeline,
      conditions: dependency,
      custom: {
        serverURL: `${host(ServiceAccounts.trigger)}:${Port.customTrigger}`,
        secure: false,
        spec: { pipeline },
        payload: [{ src: { dependencyName: dependency, dataKey: 'body', useRawData: true }, dest: 'reference' }],
      },
    },
    // Said in the Sensor's log and metrics; the ledger, undecided, sends it again.
    dlqTrigger: {
      atLeastOnce: true,
      template: { name: `${pipeline}-dead-letter`, conditions: dependency, log: { intervalSeconds: 1 } },
    },
  };
}

function podTemplate(scope: Construct, account: string): Template {
  return {
    serviceAccountName: account,
    priorityClassName: PriorityClass.system,
    ...systemPlacementOf(scope),
    metadata: { labels: commonLabels(account) },
    securityContext: { ...POD_SECURITY, sysctls: KEEPALIVE },
    container: {
      securityContext: CONTAINER_SECURITY,
      resources: plainResources({ cpu: '25m', memory: '48Mi', memoryLimit: '256Mi' }),
    },
  };
}

const host = ({ name, namespace }: { readonly name: string; readonly namespace: string }): string =>
  `${name}.${namespace}.svc`;
