import { ApiObject } from 'cdk8s';
import { z } from 'zod';
import { parseQuantity } from '../core/quantity';
import { sum } from '../infra/capacity/pool-requirement';
import type { Amount } from '../infra/capacity/requirement';
import type { SystemWorkload } from '../infra/capacity/requirement-of';
import { LAYERS } from './config/schema';
import { planStack } from './plan';
import type { StackInputs } from './release';

const Container = z.looseObject({
  resources: z.looseObject({ requests: z.looseObject({ cpu: z.string(), memory: z.string() }) }).transform(
    ({ requests }): Amount => ({
      cpu: parseQuantity(requests.cpu),
      memory: parseQuantity(requests.memory),
      disk: 0,
    }),
  ),
});

/** Where kinds have their pods' containers: Kubernetes' own in a pod template, Argo Events' in a part of their own. */
const PodTemplate = z
  .looseObject({ spec: z.looseObject({ containers: z.array(Container) }) })
  .transform(({ spec }) => spec.containers.map(({ resources }) => resources));
const EventTemplate = z.looseObject({ container: Container }).transform(({ container }) => [container.resources]);

const WorkloadObject = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({ replicas: z.int().default(1), template: z.union([PodTemplate, EventTemplate]) }),
});

/** Kinds that make pods of the system. A Job's is counted too: it needs room while it runs. */
const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'EventSource', 'Sensor'];

/**
 * What the constructs of all layers request, those included that another stack carries: they run on the same machines.
 * Throws when a container of the system has no requests. Projects' own objects run no pods and are not made.
 */
export function systemWorkloads({ config, requirement }: StackInputs): SystemWorkload[] {
  const releases = planStack({ config: { ...config, layers: [...LAYERS], projects: [] }, requirement });
  return releases
    .flatMap(({ chart }) => chart.node.findAll())
    .filter((construct) => ApiObject.isApiObject(construct))
    .filter(({ kind }) => KINDS.includes(kind))
    .map((object) => {
      const { metadata, spec } = WorkloadObject.parse(object.toJson());
      return { ...metadata, replicas: spec.replicas, amount: sum(spec.template) };
    })
    .map(({ namespace, name, replicas, amount }) => ({ namespace, name, replicas, amount }));
}
