import { ApiError } from './api-server';
import { PartialError, type ResourceResult } from './apply-resource';
import { checkpoint, encodeInputs } from './checkpoint';
import type { Cluster } from './cluster';
import { differences } from './compare';
import { type ProviderContext, type ResourceRequest, requireCluster } from './context';
import { aboutObject } from './errors';
import { isObject, type Json, type JsonObject, type Path, valueAt, withValueAt } from './json';
import {
  idOf,
  isPatch,
  keyOf,
  keyText,
  objectToApply,
  parseId,
  parseTypeToken,
  withoutServerFields,
} from './kube-object';
import { applyOptions } from './preview';
import type { PropertyValues } from './property-values';
import { judge } from './readiness/judge';

/**
 * Reads a resource's object. Where it no longer is as its inputs say, the inputs returned say what it is, so that the
 * engine shows the drift and the next update mends it. Without inputs (an import) they are made from the object.
 */
export async function readResource(
  context: ProviderContext,
  request: ResourceRequest,
  id: string,
): Promise<ResourceResult | undefined> {
  const cluster = requireCluster(context);
  const head = Object.keys(request.inputs.value).length > 0 ? request.inputs.value : headOf(request.type, id, context);
  const key = keyOf(head);
  const live = await cluster.find(key).catch((error: unknown) => {
    throw aboutObject(error, key);
  });
  if (live === undefined) return undefined;

  const isImport = head !== request.inputs.value;
  const { fieldManager } = applyOptions(context, request);
  const value = isImport ? withoutServerFields(live) : await driftedInputs(cluster, request, live, fieldManager);
  const inputs: PropertyValues = { ...request.inputs, value };
  const result = { id: idOf(key), state: checkpoint(live, inputs, fieldManager), inputs: encodeInputs(inputs) };
  if (isImport || isPatch(request.type, value)) return result;

  const readiness = await judge(live, cluster);
  if (readiness.kind === 'ready') return result;
  throw new PartialError(result, [`${keyText(key)}: ${readiness.reason}`]);
}

function headOf(type: string, id: string, { config }: ProviderContext): JsonObject {
  const kind = parseTypeToken(type);
  if (kind === undefined) throw new Error(`type '${type}' is not one Kubernetes object`);
  const { namespace, name } = parseId(id);
  // A cluster-scoped object's path has no namespace, whatever is said here.
  return { ...kind, metadata: { name, namespace: namespace ?? config.defaultNamespace } };
}

/** The inputs, with what would be changed back by applying them again replaced by what the object has there. */
async function driftedInputs(
  cluster: Cluster,
  request: ResourceRequest,
  live: JsonObject,
  fieldManager: string,
): Promise<JsonObject> {
  const inputs = request.inputs.value;
  const applied = objectToApply(inputs);
  let again: JsonObject;
  try {
    again = await cluster.apply(keyOf(inputs), applied, { fieldManager, force: true, dryRun: true });
  } catch (error) {
    // Not allowed to ask, or an old object that today's rules refuse: compare what the program names, as it names it.
    if (!(error instanceof ApiError)) throw aboutObject(error, keyOf(inputs));
    again = overlay(withoutServerFields(live), applied);
  }
  const drift = differences(withoutServerFields(again), withoutServerFields(live));
  return drift.reduce((value, { path }) => withDrift(value, upToList(path), live), inputs);
}

const upToList = (path: Path): Path => {
  const list = path.findIndex((step) => typeof step === 'number');
  return list === -1 ? path : path.slice(0, list);
};

function withDrift(inputs: JsonObject, path: Path, live: JsonObject): JsonObject {
  const found = valueAt(live, path);
  const [first, ...rest] = path;
  if (first === 'data' && valueAt(inputs, ['stringData', ...rest]) !== undefined) {
    const text = typeof found === 'string' ? Buffer.from(found, 'base64').toString('utf8') : undefined;
    return withValueAt(inputs, ['stringData', ...rest], text);
  }
  // A field that the program does not name is not its drift, though applying may have a default put there.
  return valueAt(inputs, path) === undefined ? inputs : withValueAt(inputs, path, found);
}

/** `base` with every leaf of `over` put into it; lists are taken whole. */
function overlay(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name];
    merged[name] = isObject(below) && isObject(value) ? overlay(below, value) : value;
  }
  return merged;
}
