import { timeoutMs } from './annotations';
import { awaitGone, awaitReady, NotReadyError, type Wait } from './await';
import { checkpoint } from './checkpoint';
import type { Cluster } from './cluster';
import { type ProviderContext, type ResourceRequest, requireCluster } from './context';
import { aboutObject } from './errors';
import type { JsonObject } from './json';
import { idOf, isPatch, keyOf, objectToApply } from './kube-object';
import { missingTarget, refusalToTakeOver, standingOf } from './ownership';
import type { PlanOptions } from './plan-object';
import { applyOptions, previewCreate, previewUpdate } from './preview';

/** How long a kind may take to appear after its definition was established. */
const KIND_PATIENCE_MS = 30_000;

/** A resource after an operation. */
export interface ResourceResult {
  readonly id: string;
  /** State, encoded for the engine. */
  readonly state: JsonObject;
  /** Inputs, encoded, when they are read from the object rather than given. */
  readonly inputs?: JsonObject;
}

/** The object stands, but is not ready: the engine keeps its state and tries again next time. */
export class PartialError extends Error {
  override readonly name = 'PartialError';

  constructor(
    readonly result: ResourceResult,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join('; '));
  }
}

/**
 * Makes a resource's object and waits until it is ready. An object of that name that is not the resource's own is left
 * alone unless the provider is told to take it over; a `*Patch` wants it there.
 */
export async function createResource(
  context: ProviderContext,
  request: ResourceRequest,
  preview: boolean,
): Promise<ResourceResult> {
  const key = keyOf(request.inputs.value);
  if (preview) return { id: idOf(key), state: await previewCreate(context, request) };
  const cluster = requireCluster(context);
  const options = applyOptions(context, request);
  try {
    await makeWay(context, cluster, request, options);
  } catch (error) {
    throw aboutObject(error, key);
  }
  return applyAndWait(context, cluster, request, options);
}

/** Applies a resource's new inputs and waits until its object is ready. */
export async function updateResource(
  context: ProviderContext,
  request: ResourceRequest,
  preview: boolean,
): Promise<ResourceResult> {
  const key = keyOf(request.inputs.value);
  if (preview) return { id: idOf(key), state: await previewUpdate(context, request) };
  return applyAndWait(context, requireCluster(context), request, applyOptions(context, request));
}

async function applyAndWait(
  context: ProviderContext,
  cluster: Cluster,
  request: ResourceRequest,
  options: PlanOptions,
): Promise<ResourceResult> {
  const { inputs } = request;
  const key = keyOf(inputs.value);
  const result = (object: JsonObject): ResourceResult => ({
    id: idOf(key),
    state: checkpoint(object, inputs, options.fieldManager),
  });
  const applied = await cluster
    .apply(key, objectToApply(inputs.value), { ...options, dryRun: false }, KIND_PATIENCE_MS)
    .catch((error: unknown) => {
      throw aboutObject(error, key);
    });
  if (isPatch(request.type, inputs.value)) return result(applied);
  try {
    return result(await awaitReady(cluster, key, applied, waitFor(context, request)));
  } catch (error) {
    if (error instanceof NotReadyError) throw new PartialError(result(error.object), error.reasons);
    throw new PartialError(result(applied), [aboutObject(error, key).message]);
  }
}

/** A wait with the resource's own limits, told under the resource. */
export function waitFor(context: ProviderContext, { urn, inputs, timeoutSeconds }: ResourceRequest): Wait {
  return {
    timeoutMs: timeoutMs(inputs.value, timeoutSeconds),
    cancelled: context.cancelled,
    onProgress: (reason) => context.log.status(urn, reason),
  };
}

async function makeWay(
  context: ProviderContext,
  cluster: Cluster,
  request: ResourceRequest,
  { fieldManager }: PlanOptions,
): Promise<void> {
  const { type, inputs } = request;
  const key = keyOf(inputs.value);
  const standing = standingOf(await cluster.find(key), fieldManager);
  if (isPatch(type, inputs.value)) {
    if (standing.kind === 'absent') throw missingTarget();
    return;
  }
  if (standing.kind === 'leaving') await awaitGone(cluster, key, standing.uid, waitFor(context, request));
  if (standing.kind === 'foreign' && !context.config.upsert) throw refusalToTakeOver(type, inputs.value);
}
