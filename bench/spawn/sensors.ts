import { App, Chart } from 'cdk8s';
import { gerritEventSensor } from '../../constructs/gerrit-event-sensor';
import type { SensorSpec, Trigger } from '../../constructs/imports/argo-events';
import { Namespace } from '../../core/labels';
import type { Pipeline } from '../../core/pipeline';
import type { SensorObject } from './sensor-process';

/** As `gerritEventSensor` names them. */
export const EVENT_SOURCE = 'gerrit';
const DEPENDENCY = 'event';

/** The Sensor of the stack, with our trigger at this address and a name of its own. */
export function oursSensor(name: string, pipelines: readonly Pipeline[], serverURL: string): SensorObject {
  const chart = new Chart(new App(), 'bench');
  const { spec }: { spec: SensorSpec } = gerritEventSensor(chart, 'Sensor', pipelines).toJson();
  const triggers = spec.triggers.map((trigger): Trigger => {
    const { template } = trigger;
    return template?.custom === undefined
      ? trigger
      : { ...trigger, template: { ...template, custom: { ...template.custom, serverURL } } };
  });
  return { metadata: { name, namespace: Namespace.gerritGateway }, spec: { ...spec, triggers } };
}

/** Workflow that both of Argo's triggers make of a message, the same each time but for the name. */
export interface PeerWorkflow {
  readonly namespace: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * A Sensor with one of Argo's own triggers. At least once, as ours: without it a message is acknowledged before anything is
 * made of it. No parameters, retries or filters, which any real one has beside.
 */
export function peerSensor(
  name: string,
  trigger: 'argoWorkflow' | 'k8s',
  pipeline: string,
  { namespace, spec }: PeerWorkflow,
): SensorObject {
  const source = {
    resource: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { generateName: 'peer-', namespace },
      spec,
    },
  };
  return {
    metadata: { name, namespace: Namespace.gerritGateway },
    spec: {
      dependencies: [{ name: DEPENDENCY, eventSourceName: EVENT_SOURCE, eventName: pipeline }],
      triggers: [
        {
          atLeastOnce: true,
          template: {
            name: trigger.toLowerCase(),
            conditions: DEPENDENCY,
            [trigger]: { source, operation: trigger === 'k8s' ? 'create' : 'submit' },
          },
        },
      ],
    },
  };
}
