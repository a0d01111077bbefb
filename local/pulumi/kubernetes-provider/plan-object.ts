import { type ApiError, isStatus } from './api-server';
import { UnknownKindError } from './cluster';
import type { ProviderContext, ResourceRequest } from './context';
import type { JsonObject } from './json';
import { keyOf, type ObjectKey, objectToApply } from './kube-object';
import { hasUnknown } from './plan-diff';

/** What the server says an apply would make of an object, or why it was not asked. */
export type ServerPlan =
  | { readonly kind: 'planned'; readonly object: JsonObject }
  | { readonly kind: 'not-checked'; readonly reason: string };

export interface PlanOptions {
  readonly fieldManager: string;
  readonly force: boolean;
}

/**
 * Asks the server for a dry run. What it cannot judge yet, because a kind, a namespace or a value is still to come, or
 * what it does not let us ask, is `not-checked`; what it rejects is thrown.
 */
export async function planObject(
  context: ProviderContext,
  { inputs }: Pick<ResourceRequest, 'inputs'>,
  options: PlanOptions,
): Promise<ServerPlan> {
  if (hasUnknown(inputs.value)) return notChecked('some of its values are known only after an update');
  if (context.cluster === undefined) return notChecked(context.missing);
  const key = keyOf(inputs.value);
  try {
    const object = await context.cluster.apply(key, objectToApply(inputs.value), { ...options, dryRun: true });
    return { kind: 'planned', object };
  } catch (error) {
    const reason = reasonNotChecked(error, key);
    if (reason === undefined) throw error;
    return notChecked(reason);
  }
}

const notChecked = (reason: string): ServerPlan => ({ kind: 'not-checked', reason });

function reasonNotChecked(error: unknown, key: ObjectKey): string | undefined {
  if (error instanceof UnknownKindError) return `kind ${key.kind} of ${key.apiVersion} does not exist yet`;
  if (isNotAllowed(error)) return `the server does not let us ask: ${error.message}`;
  if (isStatus(error, 404) && error.status.details.kind === 'namespaces')
    return `namespace '${key.namespace}' does not exist yet`;
  if (isWebhookAway(error)) return error.message;
  return undefined;
}

/** Our rights end here. An admission plug-in's refusal is a 403 too, but a judgement of the object. */
export const isNotAllowed = (error: unknown): error is ApiError =>
  isStatus(error, 403) && /cannot \w+ resource/.test(error.message);

/** A dry run is refused when it would call an admission webhook that has side effects. */
const isWebhookAway = (error: unknown): error is ApiError =>
  isStatus(error, 400) && error.message.includes('does not support dry run');
