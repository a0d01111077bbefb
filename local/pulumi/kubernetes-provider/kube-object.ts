import { z } from 'zod';
import { isObject, type Json, type JsonObject, without } from './json';

/** What every object has. Unknown members are left alone. */
export const ObjectHead = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z
    .object({
      name: z.string().default(''),
      namespace: z.string().optional(),
      uid: z.string().optional(),
      generation: z.number().default(0),
      annotations: z.record(z.string(), z.string()).default({}),
      deletionTimestamp: z.string().optional(),
      finalizers: z.array(z.string()).default([]),
      managedFields: z.array(z.object({ manager: z.string().optional() })).default([]),
    })
    .prefault({}),
});
export type ObjectHead = z.infer<typeof ObjectHead>;

/** An object in the cluster, or that should be. */
export interface ObjectKey {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** The key in an object's own words. Throws when it has no apiVersion or kind. */
export function keyOf(object: JsonObject): ObjectKey {
  const { apiVersion, kind, metadata } = ObjectHead.parse(object);
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

/** As people and logs name it: `apps/v1 Deployment argo-system/workflow-controller`. */
export const keyText = (key: ObjectKey): string => `${key.apiVersion} ${key.kind} ${idOf(key)}`;

/** A resource's id, as upstream's provider writes it: `namespace/name`, or `name` of a cluster-scoped object. */
export const idOf = (key: ObjectKey): string => (key.namespace ? `${key.namespace}/${key.name}` : key.name);

/** Takes an id apart. */
export function parseId(id: string): { namespace: string | undefined; name: string } {
  const slash = id.indexOf('/');
  return slash === -1
    ? { namespace: undefined, name: id }
    : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** apiVersion and kind that a type token such as `kubernetes:apps/v1:Deployment` stands for; undefined for other tokens. */
export function parseTypeToken(token: string): { apiVersion: string; kind: string } | undefined {
  const [pkg, groupVersion, kind] = token.split(':');
  if (pkg !== 'kubernetes' || groupVersion === undefined || kind === undefined) return undefined;
  const [group, version] = groupVersion.split('/');
  if (group === undefined || version === undefined || NOT_OBJECTS.has(group)) return undefined;
  return { apiVersion: group === 'core' ? version : groupVersion, kind };
}

/** Modules of the upstream package whose resources are not single objects. */
const NOT_OBJECTS = new Set(['yaml', 'helm.sh', 'kustomize']);

/** A `*Patch` resource owns some fields of an object that is somebody else's. */
export const isPatch = (token: string, inputs: JsonObject): boolean => {
  const kind = parseTypeToken(token)?.kind;
  return kind?.endsWith('Patch') === true && kind !== inputs['kind'];
};

/** Members the API server keeps for itself and that differ after every write. */
const SERVER_METADATA = [
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'selfLink',
] as const;

/** The object as its writers see it: without the server's own bookkeeping and without status. */
export function withoutServerFields(object: JsonObject): JsonObject {
  const metadata = object['metadata'];
  return {
    ...without(object, 'status'),
    ...(isObject(metadata) ? { metadata: without(metadata, ...SERVER_METADATA) } : {}),
  };
}

/**
 * The object that is sent for a resource's inputs: a Secret's `stringData` is folded into `data`, because the server
 * does so without remembering who wrote it, and a key taken out of the program would stay.
 */
export function objectToApply(inputs: JsonObject): JsonObject {
  const object = without(inputs, '__provider', '__defaults');
  const text = object['stringData'];
  if (object['kind'] !== 'Secret' || object['apiVersion'] !== 'v1' || !isObject(text)) return object;
  const data: Record<string, Json> = isObject(object['data']) ? { ...object['data'] } : {};
  for (const [name, value] of Object.entries(text)) {
    data[name] = typeof value === 'string' ? Buffer.from(value, 'utf8').toString('base64') : value;
  }
  return { ...without(object, 'stringData'), data };
}
