import { z } from 'zod';
import { WORKFLOW_API } from '../../../core/argo-workflow';
import { Annotation, Label, MANAGED_BY } from '../../../core/labels';
import type { JsonObject } from '../../shared/definition/sanitize-json';
import { follow } from '../../shared/follow';
import { type KubeClient, KubeError } from '../../shared/kube-client';
import type { Logger } from '../../shared/log';
import { WorkQueue } from '../../shared/work-queue';
import type { Admission } from './admission';
import { NOTHING } from './model-amount';
import type { ActiveRun } from './model-line';
import { needOf } from './model-need';
import type { Quotas } from './ports';
import { parseAdmitted } from './render-admitted';

const BASE = `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}`;
/** Argo sets it when a Workflow has ended; the phase itself is not among the metadata. */
const NOT_COMPLETED = 'workflows.argoproj.io/completed!=true';

const Head = z.object({
  metadata: z.object({
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});
const Json: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const Body = z.object({ spec: Json });

type Run = Omit<ActiveRun, 'key' | 'namespace'>;

export interface FollowWorkflowsOptions {
  readonly kube: Pick<KubeClient, 'get' | 'list' | 'watch'>;
  readonly quotas: Pick<Quotas, 'room'>;
  readonly admission: Pick<Admission, 'seen' | 'gone' | 'synced'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onSynced: () => void;
}

/**
 * Follows every Workflow that has not ended, by its metadata alone, and tells the admission. What people submit by hand
 * says nothing of what it needs: its spec is read, once.
 */
export function followWorkflows(options: FollowWorkflowsOptions): { stop: () => Promise<void> } {
  const { kube, quotas, admission, log, signal } = options;
  /** Workflows that were told of. */
  const known = new Map<string, Run>();
  const tell = (key: string, run: Run): void => {
    known.set(key, run);
    admission.seen({ key, namespace: namespaceOf(key), ...run });
  };
  const readNeed = new WorkQueue({
    log,
    concurrency: 2,
    work: async (key) => {
      const [namespace, name] = [namespaceOf(key), key.slice(key.indexOf('/') + 1)];
      const [spec, { limits }] = await Promise.all([readSpec(kube, namespace, name), quotas.room(namespace, false)]);
      const run = known.get(key);
      if (spec !== undefined && run !== undefined) {
        const need = needOf(spec, limits);
        tell(key, { ...run, need: need.peakAt(need.parallelism) });
      }
      return undefined;
    },
  });
  const following = follow({
    kube,
    path: `${BASE}/${WORKFLOW_API.plural}`,
    labelSelector: NOT_COMPLETED,
    metadataOnly: true,
    log,
    signal,
    onSynced: () => {
      admission.synced();
      options.onSynced();
    },
    onObject: (object, key) => {
      if (known.has(key)) {
        return;
      }
      const { labels, annotations } = Head.parse(object).metadata;
      const ours = labels[Label.managedBy] === MANAGED_BY && labels[Label.run] !== undefined;
      const admitted = ours ? parseAdmitted(annotations[Annotation.admitted]) : undefined;
      tell(key, {
        projectClass: admitted?.class ?? '',
        // One of ours that says nothing was made by an earlier release.
        precedence: ours ? (admitted?.precedence ?? 'check') : undefined,
        need: admitted?.need ?? NOTHING,
      });
      if (admitted === undefined) {
        readNeed.add(key);
      }
    },
    onGone: (key) => {
      known.delete(key);
      admission.gone(key);
    },
  });
  return {
    stop: async () => {
      await Promise.all([readNeed.stop(), following]);
    },
  };
}

const namespaceOf = (key: string): string => key.slice(0, key.indexOf('/'));

/** Undefined when it is gone by now. */
async function readSpec(
  kube: Pick<KubeClient, 'get'>,
  namespace: string,
  name: string,
): Promise<JsonObject | undefined> {
  try {
    return Body.parse(await kube.get(`${BASE}/namespaces/${namespace}/${WORKFLOW_API.plural}/${name}`)).spec;
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}
