import { Counter, Histogram } from 'prom-client';

/** Changes of people written to Projects. */
export const writesTotal = new Counter({
  name: 'seakeeper_members_writes_total',
  help: 'Changes of owners and contributors written to Project objects.',
});

/** Refreshes of all Projects by how they ended. Alarm when there are no complete ones for some refresh periods. */
export const refreshSeconds = new Histogram({
  name: 'seakeeper_members_refresh_seconds',
  help: 'Time to ask Gerrit for the people of all Projects, by outcome: complete, partial (Gerrit silent) or failed.',
  labelNames: ['outcome'] as const,
  buckets: [0.1, 0.5, 1, 5, 15, 60, 300],
});
