import { Counter, Gauge } from 'prom-client';

export const metrics = {
  decisions: new Counter({
    name: 'seakeeper_self_serve_decisions_total',
    help: 'Decisions about Gerrit projects: create, update, retire, refuse or nothing; the reason of a refusal or retirement.',
    labelNames: ['kind', 'reason'] as const,
  }),
  told: new Counter({
    name: 'seakeeper_self_serve_told_total',
    help: 'Refusals by whether their pusher was told in Gerrit: told, told-before, or not-allowed by a missing grant.',
    labelNames: ['outcome'] as const,
  }),
  sweeps: new Counter({
    name: 'seakeeper_self_serve_sweeps_total',
    help: 'Readings of the list of Gerrit projects.',
    labelNames: ['outcome'] as const,
  }),
  swept: new Gauge({
    name: 'seakeeper_self_serve_swept_projects',
    help: 'Projects in the last reading, and those of them that had to be looked at.',
    labelNames: ['what'] as const,
  }),
};
