import { Annotation, annotation } from './annotations';
import { isStatus } from './api-server';
import { checkpoint } from './checkpoint';
import type { ProviderContext, ResourceRequest } from './context';
import { aboutObject } from './errors';
import { fieldManagerOf } from './field-manager';
import { immutableFieldsIn } from './immutable-fields';
import { type JsonObject, withValueAt } from './json';
import { isPatch, keyOf } from './kube-object';
import { refusalToTakeOver, type Standing, standingOf } from './ownership';
import { type PlanOptions, planObject, type ServerPlan } from './plan-object';
import { UNKNOWN } from './property-values';

/** Who applies a resource's fields, and whether against others' will. */
export function applyOptions({ config }: ProviderContext, { urn, inputs, state }: ResourceRequest): PlanOptions {
  const annotated = annotation(inputs.value, Annotation.patchForce);
  return {
    fieldManager: fieldManagerOf(urn, inputs.value, state.value),
    force: annotated === undefined ? config.patchForce : annotated === 'true',
  };
}

/** State that a new resource would have, as the server sees it, or as the program says it where the server cannot. */
export async function previewCreate(context: ProviderContext, request: ResourceRequest): Promise<JsonObject> {
  const { type, urn, inputs } = request;
  const options = applyOptions(context, request);
  const plan = await planNew(context, request, options).catch((error: unknown) => {
    throw aboutObject(error, keyOf(inputs.value));
  });
  if (plan.kind === 'not-checked') context.log.info(urn, `not checked by the server: ${plan.reason}`);
  if (plan.kind === 'planned' && isPatch(type, inputs.value))
    return checkpoint(plan.object, inputs, options.fieldManager);
  const object = plan.kind === 'planned' ? plan.object : inputs.value;
  return checkpoint(withoutForeknowledge(object), inputs, options.fieldManager);
}

/** State that a resource would have after an update. What could not be checked was said by the diff. */
export async function previewUpdate(context: ProviderContext, request: ResourceRequest): Promise<JsonObject> {
  const options = applyOptions(context, request);
  const plan = await planObject(context, request, options).catch((error: unknown) => {
    throw aboutObject(error, keyOf(request.inputs.value));
  });
  return checkpoint(plan.kind === 'planned' ? plan.object : request.inputs.value, request.inputs, options.fieldManager);
}

async function planNew(context: ProviderContext, request: ResourceRequest, options: PlanOptions): Promise<ServerPlan> {
  const { type, inputs } = request;
  const standing = await standingInCluster(context, request, options);
  if (isPatch(type, inputs.value)) {
    if (standing?.kind === 'absent') return { kind: 'not-checked', reason: 'what it patches does not exist yet' };
  } else if (standing?.kind === 'foreign' && !context.config.upsert) {
    throw refusalToTakeOver(type, inputs.value);
  } else if (standing?.kind === 'leaving') {
    return { kind: 'not-checked', reason: 'an object of its name is still being deleted' };
  }
  try {
    return await planObject(context, request, options);
  } catch (error) {
    // It is being replaced: the object that is there now will be gone by then.
    const replaced = standing?.kind === 'ours' && isStatus(error, 422) && immutableFieldsIn(error.status) !== undefined;
    if (!replaced) throw error;
    return { kind: 'not-checked', reason: 'the object it replaces is still there' };
  }
}

async function standingInCluster(
  { cluster }: ProviderContext,
  { inputs }: ResourceRequest,
  { fieldManager }: PlanOptions,
): Promise<Standing | undefined> {
  try {
    return cluster && standingOf(await cluster.find(keyOf(inputs.value)), fieldManager);
  } catch (error) {
    // No right to look; the dry run says what else we may not.
    if (isStatus(error, 403)) return undefined;
    throw error;
  }
}

/** What a dry run makes up for a new object and the real run will not repeat. */
function withoutForeknowledge(object: JsonObject): JsonObject {
  return [
    ['metadata', 'uid'],
    ['metadata', 'creationTimestamp'],
    ['metadata', 'resourceVersion'],
    ['status'],
  ].reduce<JsonObject>((shown, path) => withValueAt(shown, path, UNKNOWN), object);
}
