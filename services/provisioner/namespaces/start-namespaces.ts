import { ProvisionerObject } from '../../../core/project';
import type { Readiness } from '../../shared/health-server';
import type { KubeClient } from '../../shared/kube-client';
import type { Logger } from '../../shared/log';
import { WorkQueue } from '../../shared/work-queue';
import type { Settings } from '../settings';
import { ProjectsGuard } from './guard';
import { KubeNamespaces } from './kube-namespaces';
import { projectsKnown, queueLength } from './metrics';
import { NamespaceController } from './namespace-controller';
import { ObjectMender } from './object-mender';
import { observations } from './observations';
import { type Observation, type ObserveOptions, observeCollection } from './observe-collection';
import { Observer } from './observer';
import { ProjectTable } from './project-table';
import { QuotaTeller } from './quota-teller';
import { DesiredRenderer } from './render-desired';
import { RepairHistory } from './repair-history';
import { Resyncs } from './resyncs';
import { StoreAccounts } from './store-accounts';
import { type Store, StoreKeys } from './store-keys';

/** Projects worked on at once. Each applies its objects together; the client bounds calls of the whole process. */
const CONCURRENCY = 16;
const MOST_BACKOFF_MS = 30_000;
const RELIST_MS = 10 * 60_000;
const KEY_AGE_MS = 90 * 86_400_000;
const METRICS_MS = 5_000;

export interface NamespacesParts {
  /** Fenced: it writes only while we lead. */
  readonly kube: KubeClient;
  readonly settings: Settings;
  readonly store: Store;
  readonly log: Logger;
  readonly readiness: Readiness;
  /** Aborted to stop. */
  readonly signal: AbortSignal;
  /** How often everything is listed anew. Milliseconds. @default 600000 */
  readonly relistMs?: number;
  /** A store key older than this is changed, when no run is under way. Milliseconds. @default - 90 days */
  readonly keyAgeMs?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** Starts the controller of project namespaces. Resolves to what waits for the work under way after the signal fired. */
export function startNamespaces(parts: NamespacesParts): () => Promise<void> {
  const { kube, settings, store, log, readiness, signal, now = Date.now } = parts;
  const table = new ProjectTable();
  const renderer = new DesiredRenderer(settings.current);
  const repairs = new RepairHistory(now);
  const cluster = new KubeNamespaces(kube);
  const resyncs = new Resyncs({ log, isIdle: () => queue.size === 0, projects: () => table.size });
  // What was there before us waits behind what people do now.
  const enqueue = (id: string) => queue.add(id, resyncs.isFirstDone ? 'fresh' : 'resync');
  const quotas = new QuotaTeller({ table, enqueue: (id) => queue.add(id, 'resync'), now });
  const observer = new Observer({
    table,
    renderer,
    log,
    enqueue,
    quotaChanged: (id) => quotas.changed(id),
  });
  const accounts = new StoreAccounts({
    table,
    log,
    now,
    keys: new StoreKeys(kube, store, now),
    countRuns: (namespace) => cluster.drain(namespace, false),
    isComplete: () => resyncs.isFirstDone,
    changed: (id) => queue.add(id),
    keyAgeMs: parts.keyAgeMs ?? KEY_AGE_MS,
  });
  const guard = new ProjectsGuard({
    kube,
    table,
    log,
    onTearDown: () => {
      for (const { id } of table.values()) queue.add(id);
    },
  });
  const controller = new NamespaceController({
    table,
    renderer,
    observer,
    cluster,
    mender: new ObjectMender({ cluster, observer, repairs, log }),
    repairs,
    log,
    now,
    quotas,
    store: (id, wanted) => accounts.ask(id, wanted),
    isTornDown: () => guard.isTearingDown,
  });
  const common = { log, mostBackoffMs: MOST_BACKOFF_MS };
  const queue = new WorkQueue({
    ...common,
    concurrency: CONCURRENCY,
    work: async (id) => {
      if (!(await resyncs.first)) return undefined;
      try {
        return await controller.reconcile(id);
      } finally {
        // Once this one is no longer counted: the last of a resync ends it.
        setImmediate(() => resyncs.look());
      }
    },
  });
  const finalizers = new WorkQueue({
    ...common,
    concurrency: 1,
    work: async (id) => {
      await cluster.dropFinalizer(id);
      return undefined;
    },
  });
  const guarding = new WorkQueue({
    ...common,
    concurrency: 1,
    work: async () => {
      return (await resyncs.first) ? guard.reconcile() : undefined;
    },
  });

  readiness.waitFor('projects', 'the first lists are not complete');
  void resyncs.first.then((isDone) => {
    if (!isDone) return;
    readiness.has('projects');
    guarding.add(ProvisionerObject.guard);
    // Namespaces without a Project are known only now.
    for (const { id, project, space } of table.values()) {
      if (project === undefined && space?.ours === true) queue.add(id, 'resync');
    }
  });
  const forget = [
    settings.onObject((name) => {
      if (name === ProvisionerObject.guard) guarding.add(name);
    }),
    settings.onChange((config) => {
      observer.reconfigure(config);
      for (const { id } of table.values()) queue.add(id, 'resync');
    }),
  ];
  const options: ObserveOptions = { kube, log, signal, relistMs: parts.relistMs ?? RELIST_MS };
  const sources = observations({ table, observer, enqueue, heldByOldFinalizer: (id) => finalizers.add(id) });
  const following = followAll(sources, resyncs, options);
  const measuring = setInterval(() => {
    projectsKnown.set(table.size);
    queueLength.set(queue.size);
    resyncs.look();
  }, METRICS_MS).unref();
  return async () => {
    for (const end of forget) end();
    clearInterval(measuring);
    quotas.stop();
    resyncs.abandon();
    await Promise.all([queue.stop(), guarding.stop(), finalizers.stop(), accounts.stop(), following]);
  };
}

/** One stage after the other: what came before that which says what it should be would be applied again. */
async function followAll(
  stages: readonly (readonly Observation[])[],
  resyncs: Resyncs,
  options: ObserveOptions,
): Promise<void> {
  const following: Promise<void>[] = [];
  for (const stage of stages) {
    following.push(...stage.map((observation) => observeCollection(resyncs.timed(observation), options)));
    await resyncs.listed(following.length);
  }
  await Promise.all(following);
}
