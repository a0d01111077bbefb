import { z } from 'zod';
import type { JsonObject } from '../json';
import { failed, READY, type Readiness, waiting } from './judgement';

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastUpdateTime: z.string().default(''),
});

const ManagedFields = z.object({ subresource: z.string().default(''), time: z.string().default('') });

const Workload = z.object({
  metadata: z
    .object({ generation: z.number().default(0), managedFields: z.array(ManagedFields).default([]) })
    .prefault({}),
  spec: z
    .object({
      replicas: z.number().default(1),
      paused: z.boolean().default(false),
      updateStrategy: z
        .object({
          type: z.string().default('RollingUpdate'),
          rollingUpdate: z.object({ partition: z.number().default(0) }).prefault({}),
        })
        .prefault({}),
    })
    .prefault({}),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      readyReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      desiredNumberScheduled: z.number().default(0),
      updatedNumberScheduled: z.number().default(0),
      numberAvailable: z.number().default(0),
      succeeded: z.number().default(0),
      conditions: z.array(Condition).default([]),
    })
    .prefault({}),
});
type Workload = z.infer<typeof Workload>;

const UNSEEN = waiting('its controller has not seen the change yet');

const isUnseen = ({ metadata, status }: Workload): boolean => status.observedGeneration < metadata.generation;

const conditionOf = ({ status }: Workload, type: string) =>
  status.conditions.find((condition) => condition.type === type);

const because = (condition: z.infer<typeof Condition>): string =>
  condition.message === '' ? condition.reason : `${condition.reason}: ${condition.message}`;

/** Whether a condition is older than the last change of the object: its controller says it of the template before. */
function isStale({ metadata }: Workload, { lastUpdateTime }: z.infer<typeof Condition>): boolean {
  const changes = metadata.managedFields.filter(({ subresource }) => subresource === '').map(({ time }) => time);
  const [changedAt = ''] = changes.sort().reverse();
  // Times have whole seconds, and no deadline is shorter.
  return changedAt !== '' && lastUpdateTime <= changedAt;
}

/** All replicas are of the new template, and available. */
export function judgeDeployment(object: JsonObject): Readiness {
  const deployment = Workload.parse(object);
  const { spec, status } = deployment;
  if (isUnseen(deployment)) return UNSEEN;
  if (spec.paused) return READY;
  const progress = conditionOf(deployment, 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded' && !isStale(deployment, progress)) {
    return failed(because(progress));
  }
  const refused = conditionOf(deployment, 'ReplicaFailure');
  if (refused?.status === 'True') return waiting(because(refused));
  if (status.updatedReplicas < spec.replicas)
    return waiting(`${status.updatedReplicas} of ${spec.replicas} replicas updated`);
  if (status.replicas > status.updatedReplicas)
    return waiting(`${status.replicas - status.updatedReplicas} old replicas remain`);
  if (status.availableReplicas < spec.replicas)
    return waiting(`${status.availableReplicas} of ${spec.replicas} replicas available`);
  return READY;
}

/** All replicas the update reaches are of the new revision, and ready. */
export function judgeStatefulSet(object: JsonObject): Readiness {
  const set = Workload.parse(object);
  const { spec, status } = set;
  if (isUnseen(set)) return UNSEEN;
  if (status.readyReplicas < spec.replicas)
    return waiting(`${status.readyReplicas} of ${spec.replicas} replicas ready`);
  if (spec.updateStrategy.type !== 'RollingUpdate') return READY;
  const reached = Math.max(0, spec.replicas - spec.updateStrategy.rollingUpdate.partition);
  if (status.updatedReplicas < reached) return waiting(`${status.updatedReplicas} of ${reached} replicas updated`);
  return READY;
}

/** Every node that should run it runs the new one, and it is available. */
export function judgeDaemonSet(object: JsonObject): Readiness {
  const set = Workload.parse(object);
  const { spec, status } = set;
  if (isUnseen(set)) return UNSEEN;
  const wanted = status.desiredNumberScheduled;
  if (spec.updateStrategy.type === 'RollingUpdate' && status.updatedNumberScheduled < wanted) {
    return waiting(`${status.updatedNumberScheduled} of ${wanted} pods updated`);
  }
  if (status.numberAvailable < wanted) return waiting(`${status.numberAvailable} of ${wanted} pods available`);
  return READY;
}

/** It has run to completion. */
export function judgeJob(object: JsonObject): Readiness {
  const job = Workload.parse(object);
  const complete = conditionOf(job, 'Complete');
  if (complete?.status === 'True') return READY;
  const broken = conditionOf(job, 'Failed');
  if (broken?.status === 'True') return failed(because(broken));
  const suspended = conditionOf(job, 'Suspended');
  if (suspended?.status === 'True') return READY;
  return waiting(`${job.status.succeeded} pods succeeded`);
}
