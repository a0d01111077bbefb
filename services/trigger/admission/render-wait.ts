import type { Wait } from '../../../core/decision';
import type { Precedence } from '../../../core/pipeline';
import { cpuQuantity, memoryQuantity } from '../../../core/quantity';
import type { Fit } from './decide-fit';
import type { Amount, Resource } from './model-amount';
import type { Place } from './plan-places';

/** Who may raise a limit, and where. A project's class stands for what every project of it may use. */
export const Raise = {
  quota: (projectClass: string) =>
    `ServiceOps, as seakeeper:classes.${projectClass}.executors in stack config, or another class for the project`,
  container: (projectClass: string) =>
    `ServiceOps, as seakeeper:classes.${projectClass}.containerExecutors in stack config, or another class for the project`,
  class: (projectClass: string) => `ServiceOps, as seakeeper:classes.${projectClass}.parallelism in stack config`,
  namespace: 'RelEng, as seakeeper:system.namespaceParallelism in stack config',
  cluster: 'RelEng, as seakeeper:system.parallelism in stack config',
} as const;

/** A value of a resource as people write it. */
export function quantityText(resource: Resource | 'cpu' | 'memory', value: number): string {
  switch (resource) {
    case 'pods':
      return String(value);
    case 'cpu':
    case 'requests.cpu':
      return cpuQuantity(value);
    default:
      return memoryQuantity(value);
  }
}

export interface WaitFacts {
  readonly place: Place;
  readonly precedence: Precedence;
  readonly projectClass: string;
  /** When the event was received; milliseconds since 1970. */
  readonly receivedAt: number;
  readonly need: Amount;
}

/** What an author is told of a run that waits; undefined while only we are slow. */
export function renderWait({ place, precedence, projectClass, receivedAt, need }: WaitFacts): Wait | undefined {
  const { hold, ahead } = place;
  const line = {
    since: new Date(receivedAt).toISOString(),
    place: place.place,
    of: place.of,
    ahead: { ...ahead },
    precedence,
  };
  switch (hold.limit) {
    case 'unknown':
    case 'starting':
      return undefined;
    case 'namespace-quota': {
      const { limit, resource } = hold;
      const text = (value: number) => quantityText(resource, value);
      const numbers = { used: text(hold.used), hard: text(hold.hard), wanted: text(need[resource]) };
      return { ...line, limit, resource, ...numbers, raise: Raise.quota(projectClass) };
    }
    default: {
      const { limit } = hold;
      const raise = { 'namespace-parallelism': Raise.namespace, 'cluster-parallelism': Raise.cluster };
      return {
        ...line,
        limit,
        used: String(hold.used),
        hard: String(hold.hard),
        wanted: '1',
        raise: limit === 'class-parallelism' ? Raise.class(projectClass) : raise[limit],
      };
    }
  }
}

/** One line for logs and the ledger. */
export function waitReason({ limit, resource, used, hard, wanted, place, of }: Wait): string {
  const what = resource === undefined ? limit : `${limit} (${resource})`;
  return `held back by ${what}: ${used} of ${hard} taken, wants ${wanted}; place ${place} of ${of}`;
}

/** Why a run can never begin, in words for the author of its definition. */
export function renderMisfit(fit: Exclude<Fit, { kind: 'fits' }>, namespace: string, projectClass: string): string {
  if (fit.kind === 'pod') {
    const { resource, wanted, hard } = fit;
    return `a single pod of this Workflow wants ${resource} ${quantityText(resource, wanted)}, and the whole quota of namespace ${namespace} is ${quantityText(resource, hard)}; ask for less, or have it raised by ${Raise.quota(projectClass)}`;
  }
  const { container, resource, kind, wanted, allowed } = fit.problem;
  const [is, may] = [quantityText(resource, wanted), quantityText(resource, allowed)];
  const raise = `ask for less, or have it raised by ${Raise.container(projectClass)}`;
  switch (kind) {
    case 'request-above-max':
      return `container '${container}' requests ${resource} ${is}, and a container may have at most ${may} in namespace ${namespace}; ${raise}`;
    case 'limit-above-max':
      return `container '${container}' has ${resource} limit ${is}, and a container may have at most ${may} in namespace ${namespace}; ${raise}`;
    case 'request-above-limit':
      return `container '${container}' requests ${resource} ${is}, and its limit is ${may}, which is the default where a definition names none; name a limit that is not below the request`;
  }
}
