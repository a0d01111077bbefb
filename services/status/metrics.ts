import { Counter } from 'prom-client';

export const pagesTotal = new Counter({
  name: 'seakeeper_status_pages_total',
  help: 'Pages answered, by route and status code.',
  labelNames: ['route', 'code'] as const,
});
