import { z } from 'zod';
import { quantityOf } from '../../shared/definition/sanitize-rules';
import { type KubeClient, KubeError } from '../../shared/kube-client';
import { SharedReads } from '../shared-reads';
import { type Amount, NOTHING, plus, RESOURCES } from './model-amount';
import type { Look } from './model-line';
import { type Compute, type ContainerLimits, NO_LIMITS } from './model-pod';
import type { Quotas, Room } from './ports';

/** As `ProjectNamespace` names them. */
const QUOTA = 'compute';
const LIMITS = 'containers';
const WORKFLOW_LABEL = 'workflows.argoproj.io/workflow';

const Values = z.record(z.string(), z.string()).default({});
const ResourceQuota = z.object({
  spec: z.object({ hard: Values }).prefault({}),
  status: z.object({ hard: Values, used: Values }).prefault({}),
});
const LimitRange = z.object({
  spec: z.object({
    limits: z.array(z.object({ type: z.string(), defaultRequest: Values, default: Values, max: Values })),
  }),
});
const Resources = z.object({ requests: Values, limits: Values }).prefault({});
const Containers = z.array(z.object({ resources: Resources, restartPolicy: z.string().optional() })).default([]);
const PodList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ labels: Values }),
      spec: z.object({ containers: Containers, initContainers: Containers }),
    }),
  ),
});

/** Quotas, limits and pods of project namespaces over the API server. A burst of one namespace shares its reads. */
export class KubeQuotas implements Quotas {
  private readonly reads = new SharedReads<unknown>();

  constructor(private readonly kube: Pick<KubeClient, 'get'>) {}

  async room(namespace: string, exact: boolean): Promise<Room> {
    const [quota, limits, byWorkflow] = await Promise.all([
      this.quota(namespace),
      this.limits(namespace),
      exact ? this.pods(namespace) : undefined,
    ]);
    return { hard: partOf(quota.spec.hard), limits, look: lookOf(quota, byWorkflow) };
  }

  async look(namespace: string, exact: boolean): Promise<Look> {
    // Pods first: what ends in between is counted once too often then, never once too little.
    const byWorkflow = exact ? await this.pods(namespace) : undefined;
    return lookOf(await this.quota(namespace), byWorkflow);
  }

  private async quota(namespace: string): Promise<z.infer<typeof ResourceQuota>> {
    return ResourceQuota.parse((await this.find(`/api/v1/namespaces/${namespace}/resourcequotas/${QUOTA}`)) ?? {});
  }

  private async limits(namespace: string): Promise<ContainerLimits> {
    const found = await this.find(`/api/v1/namespaces/${namespace}/limitranges/${LIMITS}`);
    const item = found === undefined ? undefined : LimitRange.parse(found).spec.limits.find(isOfContainers);
    return item === undefined
      ? NO_LIMITS
      : { defaultRequest: computeOf(item.defaultRequest), default: computeOf(item.default), max: computeOf(item.max) };
  }

  private async pods(namespace: string): Promise<ReadonlyMap<string, Amount>> {
    // What has ended counts in no quota.
    const query = new URLSearchParams({ fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' });
    const { items } = PodList.parse(await this.get(`/api/v1/namespaces/${namespace}/pods?${query}`));
    const sums = new Map<string, Amount>();
    for (const { metadata, spec } of items) {
      const workflow = metadata.labels[WORKFLOW_LABEL] ?? '';
      sums.set(workflow, plus(sums.get(workflow) ?? NOTHING, podAmount(spec)));
    }
    return sums;
  }

  private get(path: string): Promise<unknown> {
    return this.reads.read(path, () => this.kube.get(path));
  }

  private async find(path: string): Promise<unknown> {
    try {
      return await this.get(path);
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }
}

const isOfContainers = ({ type }: { readonly type: string }): boolean => type === 'Container';

function lookOf({ spec, status }: z.infer<typeof ResourceQuota>, byWorkflow: Look['byWorkflow']): Look {
  // Kubernetes goes by the status, which follows the spec a moment later.
  const hard = Object.keys(status.hard).length > 0 ? status.hard : spec.hard;
  const look = { hard: partOf(hard), used: { ...NOTHING, ...partOf(status.used) }, at: Date.now() };
  return byWorkflow === undefined ? look : { ...look, byWorkflow };
}

/** What of a list of quantities we know by name. */
const partOf = (values: Readonly<Record<string, string>>): Partial<Amount> =>
  Object.fromEntries(
    RESOURCES.flatMap((resource) => {
      const value = quantityOf(values[resource] ?? '');
      return value === undefined ? [] : [[resource, value]];
    }),
  );

const computeOf = ({ cpu = '', memory = '' }: Readonly<Record<string, string>>): Compute => ({
  cpu: quantityOf(cpu),
  memory: quantityOf(memory),
});

type Container = z.infer<typeof Containers>[number];

/** What a pod counts; the API server has written every default into it. */
function podAmount({ containers, initContainers }: z.infer<typeof PodList>['items'][number]['spec']): Amount {
  const sum = (of: (container: Container) => string | undefined): number => {
    const value = (container: Container) => quantityOf(of(container) ?? '') ?? 0;
    let staying = 0;
    let largest = 0;
    for (const container of initContainers) {
      largest = Math.max(largest, staying + value(container));
      staying += container.restartPolicy === 'Always' ? value(container) : 0;
    }
    return Math.max(
      largest,
      containers.reduce((total, container) => total + value(container), staying),
    );
  };
  return {
    pods: 1,
    'requests.cpu': sum(({ resources }) => resources.requests['cpu']),
    'requests.memory': sum(({ resources }) => resources.requests['memory']),
    'limits.memory': sum(({ resources }) => resources.limits['memory']),
  };
}
