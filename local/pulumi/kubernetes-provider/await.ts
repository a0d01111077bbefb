import { setTimeout as sleep } from 'node:timers/promises';
import { UnreachableError } from './api-server';
import type { Cluster } from './cluster';
import { isObject, type JsonObject, valueAt } from './json';
import { keyText, ObjectHead, type ObjectKey } from './kube-object';
import { explain } from './readiness/explain';
import { judge } from './readiness/judge';

/** An object is there, but not as it should be. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';

  constructor(
    /** The object as last seen. */
    readonly object: JsonObject,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join('; '));
  }
}

/** How a wait may end, and whom it tells what it waits for. */
export interface Wait {
  readonly timeoutMs: number;
  readonly cancelled: AbortSignal;
  onProgress(reason: string): void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;
const PAUSE_GROWTH = 1.5;
/** A server that restarts is back within this. */
const OUTAGE_MS = 15_000;

/**
 * Waits until an object is ready and returns it as it then is. Rejects with `NotReadyError`, and the reason, when it
 * failed, the time is up, the engine cancelled, or the server went away.
 */
export async function awaitReady(
  cluster: Cluster,
  key: ObjectKey,
  applied: JsonObject,
  wait: Wait,
): Promise<JsonObject> {
  let object = applied;
  let reason = '';
  const pauses = pausesUntil(wait);
  try {
    for (;;) {
      const readiness = await judge(object, cluster);
      if (readiness.kind === 'ready') return object;
      if (readiness.kind === 'failed')
        throw await notReady(cluster, object, `${keyText(key)} failed: ${readiness.reason}`);
      if (readiness.reason !== reason) wait.onProgress(readiness.reason);
      reason = readiness.reason;
      const pause = await pauses.next();
      if (pause !== undefined) throw await notReady(cluster, object, `${keyText(key)} ${pause}: ${reason}`);
      const seen = await patiently(() => cluster.find(key), wait.cancelled);
      if (seen === undefined) throw new NotReadyError(object, [`${keyText(key)} was deleted while it was waited for`]);
      object = seen;
    }
  } catch (error) {
    if (error instanceof UnreachableError) throw new NotReadyError(object, [error.message]);
    throw error;
  }
}

/** Waits until an object is gone, or another has its name. Rejects with the reason when it stays. */
export async function awaitGone(cluster: Cluster, key: ObjectKey, uid: string | undefined, wait: Wait): Promise<void> {
  const pauses = pausesUntil(wait);
  for (;;) {
    const object = await patiently(() => cluster.find(key), wait.cancelled);
    if (object === undefined) return;
    const { metadata } = ObjectHead.parse(object);
    if (uid !== undefined && metadata.uid !== uid) return;
    const reason = whatHolds(object);
    wait.onProgress(reason);
    const pause = await pauses.next();
    if (pause !== undefined) throw new Error(`${keyText(key)} is not gone, ${pause}: ${reason}`);
  }
}

function pausesUntil({ timeoutMs, cancelled }: Wait): { next(): Promise<string | undefined> } {
  const until = Date.now() + timeoutMs;
  let length = FIRST_PAUSE_MS;
  return {
    /** Pauses a little longer each time; says why when there must be no further try. */
    async next() {
      if (cancelled.aborted) return 'waiting was cancelled';
      if (Date.now() >= until) return `not done after ${Math.round(timeoutMs / 1000)} s`;
      await sleep(Math.min(length, until - Date.now()), undefined, { signal: cancelled }).catch(() => undefined);
      length = Math.min(length * PAUSE_GROWTH, LONGEST_PAUSE_MS);
      return undefined;
    },
  };
}

/** Repeats a look at the cluster while the server is away, for as long as a restart may take. */
async function patiently<T>(look: () => Promise<T>, cancelled: AbortSignal): Promise<T> {
  const until = Date.now() + OUTAGE_MS;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof UnreachableError) || cancelled.aborted || Date.now() > until) throw error;
      await sleep(LONGEST_PAUSE_MS, undefined, { signal: cancelled }).catch(() => undefined);
    }
  }
}

async function notReady(cluster: Cluster, object: JsonObject, reason: string): Promise<NotReadyError> {
  const more = await explain(object, cluster).catch(() => []);
  return new NotReadyError(object, [reason, ...more.filter((line) => !reason.includes(line))]);
}

function whatHolds(object: JsonObject): string {
  const { metadata } = ObjectHead.parse(object);
  const conditions = valueAt(object, ['status', 'conditions']);
  const said = (Array.isArray(conditions) ? conditions : [])
    .filter(isObject)
    .filter(({ type, status }) => status === 'True' && NAMESPACE_HELD.has(String(type)))
    .map(({ message }) => String(message));
  if (said.length > 0) return said.join('; ');
  return metadata.finalizers.length === 0
    ? 'it is being deleted'
    : `held by finalizers ${metadata.finalizers.join(', ')}`;
}

/** What a namespace says when its contents hold it. */
const NAMESPACE_HELD = new Set([
  'NamespaceContentRemaining',
  'NamespaceFinalizersRemaining',
  'NamespaceDeletionContentFailure',
  'NamespaceDeletionDiscoveryFailure',
]);
