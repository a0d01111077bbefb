import { type ApiError, isStatus } from './api-server';
import type { ProviderContext, ResourceRequest } from './context';
import { aboutObject } from './errors';
import { immutableFieldsIn } from './immutable-fields';
import { type JsonObject, type Path, valueAt } from './json';
import { idOf, isPatch, keyOf } from './kube-object';
import { type DryRun, type PlannedDiff, planDiff } from './plan-diff';
import { type PlanOptions, planObject } from './plan-object';
import { applyOptions } from './preview';

/** Asks the server what an update would change and says so; what the user should know besides goes to the log. */
export async function diffResource(
  context: ProviderContext,
  request: ResourceRequest,
  oldInputs: JsonObject,
  ignoreChanges: readonly string[],
): Promise<PlannedDiff> {
  const { inputs, state } = request;
  const key = keyOf(inputs.value);
  const sameObject = idOf(keyOf(oldInputs)) === idOf(key);
  const dryRun: DryRun = sameObject
    ? await ask(context, request).catch((error: unknown) => {
        throw aboutObject(error, key);
      })
    : { kind: 'not-checked', reason: 'it is replaced under another name' };
  const plan = planDiff({
    oldInputs,
    newInputs: inputs.value,
    oldState: state.value,
    dryRun,
    ignoreChanges,
    secrets: inputs.secrets,
    mutability: context.config.mutability,
    patch: isPatch(request.type, inputs.value),
  });
  if (dryRun.kind === 'not-checked' && sameObject) {
    context.sayOnce('not-checked', `changes are worked out from the program, ${dryRun.reason}`);
  }
  for (const note of plan.notes) context.log.info(request.urn, note);
  return plan;
}

async function ask(context: ProviderContext, request: ResourceRequest): Promise<DryRun> {
  const plan = await planUnlessImmutable(context, request, applyOptions(context, request));
  if (plan.kind !== 'planned') return plan;
  // Nobody wrote to the object since the last update: it is as the state says, and need not be read.
  const isUntouched = VERSION.every((path) => {
    const version = valueAt(plan.object, path);
    return version !== undefined && version === valueAt(request.state.value, path);
  });
  const live = isUntouched ? request.state.value : await context.cluster?.find(keyOf(request.inputs.value));
  return live === undefined ? { kind: 'gone' } : { kind: 'planned', live, planned: plan.object };
}

/** A dry run leaves these as they are. */
const VERSION: readonly Path[] = [
  ['metadata', 'uid'],
  ['metadata', 'resourceVersion'],
];

type Plan = Awaited<ReturnType<typeof planObject>> | Extract<DryRun, { kind: 'immutable' }>;

async function planUnlessImmutable(
  context: ProviderContext,
  request: ResourceRequest,
  options: PlanOptions,
): Promise<Plan> {
  try {
    return await planObject(context, request, options);
  } catch (error) {
    const fields = isStatus(error, 422) ? immutableFieldsIn(error.status) : undefined;
    if (fields !== undefined) return { kind: 'immutable', fields };
    if (options.force || !isConflict(error)) throw error;
    // Say what it would change all the same; the update, or its preview, stops at the conflict and says so.
    return planUnlessImmutable(context, request, { ...options, force: true });
  }
}

const isConflict = (error: unknown): error is ApiError => isStatus(error, 409);
