import { Counter, Gauge } from 'prom-client';

/** Passes over projects; a failed one comes again by itself. */
export const passesTotal = new Counter({
  name: 'seakeeper_provisioner_passes_total',
  help: 'Passes over projects: done or failed.',
  labelNames: ['outcome'] as const,
});

/** Objects written. In a cluster nobody touches it stands still. */
export const objectsAppliedTotal = new Counter({
  name: 'seakeeper_provisioner_objects_applied_total',
  help: 'Objects of project namespaces applied, by kind.',
  labelNames: ['kind'] as const,
});

/** Changes by others that were put back. */
export const driftsTotal = new Counter({
  name: 'seakeeper_provisioner_drifts_total',
  help: 'Objects of project namespaces that somebody else changed, deleted or added, put back, by kind.',
  labelNames: ['kind'] as const,
});

/** Projects and namespaces of theirs that are known. */
export const projectsKnown = new Gauge({
  name: 'seakeeper_provisioner_projects',
  help: 'Projects, and namespaces whose project is gone.',
});

/** Projects waiting for a pass, or in one. */
export const queueLength = new Gauge({
  name: 'seakeeper_provisioner_queue',
  help: 'Projects that wait for a pass or are in one.',
});

/** How long the last full list of everything took, compared with what should be there. */
export const resyncSeconds = new Gauge({
  name: 'seakeeper_provisioner_resync_seconds',
  help: 'Seconds of the last full list of all objects of project namespaces.',
});
