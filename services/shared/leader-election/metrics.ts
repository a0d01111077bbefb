import { Counter, Gauge } from 'prom-client';

/** One over all replicas, but for the moments of a hand-over. */
export const leaderGauge = new Gauge({
  name: 'seakeeper_leader',
  help: '1 while this process leads, 0 while it stands by.',
  labelNames: ['lease'] as const,
});

/** `acquired`; then `released` on a stop, `lost` when it could not renew or another holds the lease, or `failed`. */
export const leaderChangesTotal = new Counter({
  name: 'seakeeper_leader_changes_total',
  help: 'Terms of leading begun and ended by this process, by how: acquired, released, lost or failed.',
  labelNames: ['lease', 'change'] as const,
});
