import { FAILED_FROM_OUTSIDE } from '../../core/run-retry';
import { Limit } from '../../core/workflow-policy/limits';
import { isObject, type JsonObject, type JsonValue } from '../shared/definition/sanitize-json';

/** Attempts after the first, when it was not the step that failed. */
export const INFRASTRUCTURE_RETRIES = Limit.infrastructureRetries;

/** What a step's failure is to Argo, by the policy a definition asks for. */
const OWN_POLICY: Readonly<Record<string, string>> = {
  Always: 'true',
  OnFailure: 'lastRetry.status == "Failed"',
  OnError: 'lastRetry.status == "Error"',
  // Argo's own list of passing errors of the cluster: ours takes them all.
  OnTransientError: 'false',
};

/**
 * The retryStrategy of a template that is a pod: attempts that failed through no fault of the step are made again, beside
 * what the definition asks for itself. Its own limit holds for its own reasons.
 *
 * Without a backoff of ours: Argo waits it out after every failure, also those that are not tried again, and a vote would
 * come that much later. What is tried again waits for room in the scheduler's queue.
 */
export function renderRetry(own: JsonValue | undefined): JsonObject {
  if (!isObject(own)) {
    return { limit: INFRASTRUCTURE_RETRIES, retryPolicy: 'Always', expression: FAILED_FROM_OUTSIDE };
  }
  const { limit, expression, retryPolicy, ...rest } = own;
  const asked = typeof expression === 'string' ? `(${expression})` : undefined;
  // As Argo has it: a strategy that names no policy goes by its expression alone, or by OnFailure.
  const policy = OWN_POLICY[String(retryPolicy ?? (asked === undefined ? 'OnFailure' : 'Always'))] ?? 'false';
  const most = typeof limit === 'number' || typeof limit === 'string' ? Number(limit) : undefined;
  const budget = most === undefined ? undefined : `asInt(retries) < ${most}`;
  const theirs = [budget, policy, asked].filter((part) => part !== undefined).join(' && ');
  return {
    ...rest,
    ...(most === undefined ? {} : { limit: most + INFRASTRUCTURE_RETRIES }),
    retryPolicy: 'Always',
    expression: `(${FAILED_FROM_OUTSIDE}) || (${theirs})`,
  };
}
