import { RUNNER_SERVICE_ACCOUNTS } from './project';

/** Most bytes of one cache, as it is stored. */
export const CACHE_BYTES = 2 * 1024 ** 3;

/**
 * Whose caches a run may use. The account a run acts as follows from its pipeline's trust class, and no definition can
 * name another, so what stands in a key as the account says who wrote it.
 */
export const CacheOwner = {
  /** Whoever runs; Argo writes the name of the account here. */
  self: '{{workflow.serviceAccountName}}',
  /** Runs of reviewed code. */
  reviewed: RUNNER_SERVICE_ACCOUNTS['post-review'],
} as const;
export type CacheOwner = (typeof CacheOwner)[keyof typeof CacheOwner];

/** No name of a Workflow, so that no run's page ever lists caches among what the run left. */
const FOLDER = '_cache';

/** Where a cache lies in the bucket, as an Argo template writes it: below the project's own prefix. */
export const cacheKey = (owner: CacheOwner, key: string): string => `{{workflow.namespace}}/${FOLDER}/${owner}/${key}`;

const escaped = (text: string): string => text.replace(/[.{}]/g, '\\$&');

/**
 * RE2 pattern of keys of caches of these owners. A key is one name to a store, so what a reference in it stands for makes
 * it longer and leads nowhere else; MinIO refuses one with `..` in it.
 */
export function cacheKeyPattern(...owners: readonly CacheOwner[]): string {
  const name = '([A-Za-z0-9._-]|\\{\\{(inputs|workflow)\\.parameters\\.[A-Za-z0-9_-]+\\}\\})+';
  return `^${escaped('{{workflow.namespace}}')}/${FOLDER}/(${owners.map(escaped).join('|')})/${name}$`;
}
