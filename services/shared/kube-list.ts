import { z } from 'zod';
import { KubeError } from './kube-error';

export interface ListOptions {
  readonly selector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Items are metadata alone. @default false */
  readonly metadataOnly?: boolean | undefined;
  /** `'0'` is whatever the server has at hand, which may be old. @default - the newest state */
  readonly resourceVersion?: string | undefined;
  /** Items a page. @default 500 */
  readonly limit?: number | undefined;
}

/** One page of a list. */
export interface ListPage {
  readonly items: readonly unknown[];
  /** Version of the whole list, the same on every page: a watch from here misses nothing. */
  readonly resourceVersion: string;
  /** The list began anew with this page: what earlier pages said stands for nothing. */
  readonly restarted: boolean;
}

const LIMIT = 500;
/** A list whose snapshot ran out begins anew in pages so many times as large, and at last in one piece. */
const LARGER = 8;
const MOST_RESTARTS = 3;

const Page = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(z.unknown()).nullable(),
});

/**
 * All pages of a collection, read by `get`. When the server has compacted the snapshot that the pages come from (410),
 * the list begins anew with larger pages: its own offer, to go on with the rest at a newer version, gives a list that
 * never was. Rejects as `get` does.
 */
export async function* listPages(
  get: (path: string) => Promise<unknown>,
  path: string,
  options: ListOptions,
): AsyncGenerator<ListPage> {
  let limit = options.limit ?? LIMIT;
  let token: string | undefined;
  let restarts = 0;
  let restarted = false;
  while (true) {
    let page: z.infer<typeof Page>;
    try {
      page = Page.parse(await get(pagePath(path, options, limit, token)));
    } catch (error) {
      if (!isExpired(error) || token === undefined || restarts === MOST_RESTARTS) {
        throw error;
      }
      restarts += 1;
      token = undefined;
      restarted = true;
      limit = restarts === MOST_RESTARTS ? 0 : limit * LARGER;
      continue;
    }
    const { resourceVersion, continue: next } = page.metadata;
    yield { items: page.items ?? [], resourceVersion, restarted };
    restarted = false;
    if (!next) {
      return;
    }
    token = next;
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof KubeError && error.status === 410;
}

function pagePath(path: string, options: ListOptions, limit: number, token: string | undefined): string {
  const query = new URLSearchParams();
  const set = (name: string, value: string | undefined) => value !== undefined && query.set(name, value);
  set('labelSelector', options.selector);
  set('fieldSelector', options.fieldSelector);
  set('limit', limit === 0 ? undefined : String(limit));
  // The token holds the version it belongs to; both at once are refused.
  set('resourceVersion', token === undefined ? options.resourceVersion : undefined);
  set('continue', token);
  return `${path}${path.includes('?') ? '&' : '?'}${query}`;
}
