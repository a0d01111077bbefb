import type { RetryStrategy } from '../imports/argo-workflows';

/** A fetch that meets a restarting Gerrit is tried again. */
export const FETCH_RETRY: RetryStrategy = {
  limit: '2',
  retryPolicy: 'Always',
  backoff: { duration: '2s', factor: '2' },
};
