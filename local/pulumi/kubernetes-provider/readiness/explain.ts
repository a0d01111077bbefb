import { z } from 'zod';
import type { JsonObject } from '../json';
import type { Surroundings } from './judgement';
import { podTrouble } from './pod-trouble';

const Selecting = z.object({
  kind: z.string(),
  metadata: z.object({ namespace: z.string().optional(), uid: z.string().default('') }),
  spec: z
    .object({
      selector: z
        .object({ matchLabels: z.record(z.string(), z.string()).default({}) })
        .optional()
        .catch(undefined),
    })
    .prefault({}),
});

const Event = z.object({
  type: z.string().default(''),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTimestamp: z.string().nullish(),
});

const MOST_REASONS = 5;
const WITH_PODS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job']);

/** Why an object may not be ready, beyond what it says itself: what its pods suffer from, and warnings about it. */
export async function explain(object: JsonObject, cluster: Surroundings): Promise<string[]> {
  const parsed = Selecting.safeParse(object);
  if (!parsed.success || parsed.data.metadata.namespace === undefined) return [];
  const { kind, metadata, spec } = parsed.data;
  const namespace = `/api/v1/namespaces/${metadata.namespace}`;

  const labels = Object.entries(spec.selector?.matchLabels ?? {}).map(([name, value]) => `${name}=${value}`);
  const pods =
    WITH_PODS.has(kind) && labels.length > 0
      ? await cluster.list(`${namespace}/pods?labelSelector=${encodeURIComponent(labels.join(','))}`)
      : [];
  const troubles = pods.map(podTrouble).filter((trouble) => trouble !== undefined);

  const uids = [metadata.uid, ...pods.map(uidOf)].filter((uid) => uid !== '').slice(0, MOST_REASONS);
  const events = await Promise.all(
    uids.map((uid) =>
      cluster.list(`${namespace}/events?fieldSelector=${encodeURIComponent(`involvedObject.uid=${uid}`)}`),
    ),
  );
  const warnings = events
    .flat()
    .map((event) => Event.parse(event))
    .filter(({ type }) => type === 'Warning')
    .map(({ reason, message }) => `${reason}: ${message}`);
  return [...new Set([...troubles, ...warnings])].slice(0, MOST_REASONS);
}

const Uid = z.object({ metadata: z.object({ uid: z.string().default('') }) });
const uidOf = (object: JsonObject): string => Uid.parse(object).metadata.uid;
