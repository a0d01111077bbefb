import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ApiServer } from './api-server';
import type { ObjectKey } from './kube-object';

/** How the server serves a kind. */
export interface ServedKind {
  readonly plural: string;
  readonly namespaced: boolean;
}

const GroupList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string().default('') }).prefault({}),
      versions: z.array(
        z.object({
          version: z.string(),
          resources: z
            .array(
              z.object({
                resource: z.string(),
                responseKind: z.object({ kind: z.string() }),
                scope: z.enum(['Namespaced', 'Cluster']),
              }),
            )
            .default([]),
        }),
      ),
    }),
  ),
});

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
/** A kind that is not there is asked for again no more often than this. */
const STALE_MS = 500;

/** What kinds the server knows, asked once a run and again when one is missing, since the run itself adds some. */
export class KindDiscovery {
  private kinds: Promise<Map<string, ServedKind>> | undefined;
  private askedAt = 0;

  constructor(private readonly server: ApiServer) {}

  /** How a kind is served; undefined when the server does not know it now. */
  async find(apiVersion: string, kind: string): Promise<ServedKind | undefined> {
    const known = (await this.load()).get(keyFor(apiVersion, kind));
    if (known !== undefined || Date.now() - this.askedAt < STALE_MS) return known;
    this.kinds = undefined;
    return (await this.load()).get(keyFor(apiVersion, kind));
  }

  /** Like `find`, waiting up to `patienceMs` for the kind: a definition just established is served a moment later. */
  async wait(apiVersion: string, kind: string, patienceMs: number): Promise<ServedKind | undefined> {
    const until = Date.now() + patienceMs;
    for (;;) {
      const found = await this.find(apiVersion, kind);
      if (found !== undefined || Date.now() > until) return found;
      await sleep(STALE_MS);
    }
  }

  /** Asks the server, unless it was asked already. */
  load(): Promise<Map<string, ServedKind>> {
    if (this.kinds === undefined) {
      this.askedAt = Date.now();
      const asked = this.ask();
      this.kinds = asked;
      // A failure is not an answer to keep.
      asked.catch(() => {
        if (this.kinds === asked) this.kinds = undefined;
      });
    }
    return this.kinds;
  }

  private async ask(): Promise<Map<string, ServedKind>> {
    const answers = await Promise.all(['/api', '/apis'].map((path) => this.server.get(path, ACCEPT)));
    const kinds = new Map<string, ServedKind>();
    for (const group of answers.flatMap((answer) => GroupList.parse(answer).items)) {
      for (const { version, resources } of group.versions) {
        const apiVersion = group.metadata.name === '' ? version : `${group.metadata.name}/${version}`;
        for (const { resource, responseKind, scope } of resources) {
          kinds.set(keyFor(apiVersion, responseKind.kind), { plural: resource, namespaced: scope === 'Namespaced' });
        }
      }
    }
    return kinds;
  }
}

const keyFor = (apiVersion: string, kind: string): string => `${apiVersion} ${kind}`;

/** URL path of a kind's collection, in a namespace if it has them. */
export function collectionPath(key: ObjectKey, served: ServedKind): string {
  const base = key.apiVersion.includes('/') ? `/apis/${key.apiVersion}` : `/api/${key.apiVersion}`;
  const scope = served.namespaced ? `/namespaces/${encodeURIComponent(key.namespace ?? 'default')}` : '';
  return `${base}${scope}/${served.plural}`;
}

/** URL path of one object. */
export const objectPath = (key: ObjectKey, served: ServedKind): string =>
  `${collectionPath(key, served)}/${encodeURIComponent(key.name)}`;
