import { EXECUTOR_RESOURCES } from '../../../core/run-resources';
import { type JsonObject, type JsonValue, objectOf, objectsOf, textOf } from '../../shared/definition/sanitize-json';
import { quantityOf } from '../../shared/definition/sanitize-rules';
import { type Amount, most, NOTHING, plus, sumOf } from './model-amount';

/** What a namespace's LimitRange says of containers. Cores and bytes; absent: nothing. */
export interface ContainerLimits {
  readonly defaultRequest: Compute;
  readonly default: Compute;
  readonly max: Compute;
}

export interface Compute {
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
}

export const NO_LIMITS: ContainerLimits = { defaultRequest: {}, default: {}, max: {} };

/** Why the API server will refuse a pod, whatever room there is. */
export interface ContainerProblem {
  readonly container: string;
  /** `cpu` or `memory`. */
  readonly resource: 'cpu' | 'memory';
  readonly kind: 'request-above-max' | 'limit-above-max' | 'request-above-limit';
  readonly wanted: number;
  readonly allowed: number;
}

/** What one pod of a template counts in the quota, and what of it can never be. */
export interface Pod {
  readonly amount: Amount;
  readonly problems: readonly ContainerProblem[];
}

const EXECUTOR: JsonObject = {
  requests: { ...EXECUTOR_RESOURCES.requests },
  limits: { ...EXECUTOR_RESOURCES.limits },
};

/**
 * The pod that Argo makes of a template: its containers, side by side with Argo's `wait`, after its init containers and
 * Argo's `init`. As the API server counts it: per resource the larger of what runs side by side and the largest init step,
 * containers that start before the step and stay counted in both.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function podOf(template: JsonObject, limits: ContainerLimits): Pod {
  const main = [template['container'], template['script']].filter((one) => one !== undefined).map(objectOf);
  const set = objectsOf(objectOf(template['containerSet'])['containers']);
  const beside = [...main, ...set, ...objectsOf(template['sidecars'])].map((one) => containerOf(one, limits));
  const before = objectsOf(template['initContainers']).map((one) => ({
    ...containerOf(one, limits),
    stays: one['restartPolicy'] === 'Always',
  }));
  const executor = containerOf({ name: 'wait', resources: EXECUTOR }, limits).amount;
  let staying = NOTHING;
  let largest = executor;
  for (const { amount, stays } of before) {
    largest = most(largest, plus(staying, amount));
    staying = stays ? plus(staying, amount) : staying;
  }
  const running = sumOf([executor, staying, ...beside.map(({ amount }) => amount)]);
  return {
    amount: { ...most(running, largest), pods: 1 },
    problems: [...beside, ...before].flatMap(({ problems }) => problems),
  };
}

/** One container with the API server's defaults: a limit is also the request, then the LimitRange's own. */
function containerOf(container: JsonObject, limits: ContainerLimits): Pod {
  const resources = objectOf(container['resources']);
  const requests = objectOf(resources['requests']);
  const caps = objectOf(resources['limits']);
  const compute = (['cpu', 'memory'] as const).map((resource) => {
    const ownLimit = parsed(caps[resource]);
    const limit = ownLimit ?? limits.default[resource];
    const request = parsed(requests[resource]) ?? ownLimit ?? limits.defaultRequest[resource] ?? limit ?? 0;
    return { resource, request, limit, max: limits.max[resource] };
  });
  const [cpu, memory] = compute;
  return {
    amount: {
      pods: 0,
      'requests.cpu': cpu?.request ?? 0,
      'requests.memory': memory?.request ?? 0,
      'limits.memory': memory?.limit ?? 0,
    },
    problems: compute.flatMap(({ resource, request, limit, max }): ContainerProblem[] => {
      const problem = { container: textOf(container['name']) ?? 'main', resource };
      if (max !== undefined && request > max) {
        return [{ ...problem, kind: 'request-above-max', wanted: request, allowed: max }];
      }
      if (max !== undefined && limit !== undefined && limit > max) {
        return [{ ...problem, kind: 'limit-above-max', wanted: limit, allowed: max }];
      }
      if (limit !== undefined && request > limit) {
        return [{ ...problem, kind: 'request-above-limit', wanted: request, allowed: limit }];
      }
      return [];
    }),
  };
}

const parsed = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' || typeof value === 'string' ? quantityOf(String(value)) : undefined;
