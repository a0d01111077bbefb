import { z } from 'zod';
import type { JsonObject } from '../json';
import { failed, READY, type Readiness, type Surroundings, waiting } from './judgement';
import { podTrouble } from './pod-trouble';

const Conditions = z.object({
  status: z
    .object({
      phase: z.string().default(''),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
          }),
        )
        .default([]),
    })
    .prefault({}),
});

/** The server serves its kind. */
export function judgeDefinition(object: JsonObject): Readiness {
  const { conditions } = Conditions.parse(object).status;
  const refused = conditions.find(({ type, status }) => type === 'NamesAccepted' && status === 'False');
  if (refused !== undefined) return failed(`names not accepted: ${refused.message}`);
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True')
    ? READY
    : waiting('not established yet');
}

/** It is active, not on its way out. */
export function judgeNamespace(object: JsonObject): Readiness {
  const { phase } = Conditions.parse(object).status;
  return phase === 'Active' || phase === '' ? READY : waiting(`phase is ${phase}`);
}

/** It is ready, or has done its work. */
export function judgePod(object: JsonObject): Readiness {
  const { phase, conditions } = Conditions.parse(object).status;
  if (phase === 'Succeeded') return READY;
  if (phase === 'Failed') return failed(podTrouble(object) ?? 'pod failed');
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
    ? READY
    : waiting(podTrouble(object) ?? `phase is ${phase || 'Pending'}`);
}

const Claim = z.object({ spec: z.object({ storageClassName: z.string().default('') }).prefault({}) });

/** It is bound; or its storage waits for the first pod to use it, which nothing here can hurry. */
export async function judgeClaim(object: JsonObject, cluster: Surroundings): Promise<Readiness> {
  const { phase } = Conditions.parse(object).status;
  if (phase === 'Bound') return READY;
  if (phase === 'Lost') return failed('its volume is lost');
  const { storageClassName } = Claim.parse(object).spec;
  if (storageClassName !== '') {
    const storage = await cluster.get(`/apis/storage.k8s.io/v1/storageclasses/${encodeURIComponent(storageClassName)}`);
    if (storage === undefined) return waiting(`storage class '${storageClassName}' does not exist`);
    if (storage['volumeBindingMode'] === 'WaitForFirstConsumer') return READY;
  }
  return waiting('not bound to a volume yet');
}

const Service = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({
    type: z.string().default('ClusterIP'),
    clusterIP: z.string().default(''),
    selector: z.record(z.string(), z.string()).default({}),
  }),
  status: z.object({ loadBalancer: z.object({ ingress: z.array(z.unknown()).default([]) }).prefault({}) }).prefault({}),
});

const EndpointSlice = z.object({
  endpoints: z.array(z.object({ conditions: z.object({ ready: z.boolean().nullish() }).prefault({}) })).nullish(),
});

/** Something stands behind it, as upstream sees it: headless, selector-less and external ones are ready at once. */
export async function judgeService(object: JsonObject, cluster: Surroundings): Promise<Readiness> {
  const { metadata, spec, status } = Service.parse(object);
  if (spec.type === 'ExternalName' || spec.clusterIP === 'None' || Object.keys(spec.selector).length === 0)
    return READY;
  if (spec.type === 'LoadBalancer' && status.loadBalancer.ingress.length === 0)
    return waiting('no load balancer address yet');
  const selector = encodeURIComponent(`kubernetes.io/service-name=${metadata.name}`);
  const slices = await cluster.list(
    `/apis/discovery.k8s.io/v1/namespaces/${metadata.namespace}/endpointslices?labelSelector=${selector}`,
  );
  const ready = slices
    .flatMap((slice) => EndpointSlice.parse(slice).endpoints ?? [])
    .some(({ conditions }) => conditions.ready !== false);
  return ready ? READY : waiting('no pod it selects is ready');
}
