import { Counter, Gauge, Histogram } from 'prom-client';

/** What the trigger counts. Label values are from closed sets: pipelines, kinds, reasons; never names from Gerrit. */
export const metrics = {
  messages: new Counter({
    name: 'trigger_messages_total',
    help: 'Messages the Sensor delivered, by what became of them at the door.',
    labelNames: ['outcome'],
  }),
  decisions: new Counter({
    name: 'trigger_decisions_total',
    help: 'Decisions made, by kind and reason.',
    labelNames: ['pipeline', 'kind', 'reason'],
  }),
  failures: new Counter({
    name: 'trigger_failures_total',
    help: 'Tries of a decision that failed and will be repeated.',
    labelNames: ['pipeline'],
  }),
  foreign: new Counter({
    name: 'trigger_foreign_workflows_total',
    help: 'Names of runs under which somebody else’s Workflow was found. Always an alarm.',
  }),
  stopped: new Counter({
    name: 'trigger_stopped_workflows_total',
    help: 'Runs stopped because a newer one replaced them or their change was abandoned.',
    labelNames: ['pipeline'],
  }),
  waiting: new Gauge({
    name: 'trigger_waiting_runs',
    help: 'Runs that have their definition and wait for their turn.',
    labelNames: ['precedence'],
  }),
  oldestWait: new Gauge({
    name: 'trigger_oldest_wait_seconds',
    help: 'How long the longest waiting run has waited, since its event was received.',
    labelNames: ['precedence'],
  }),
  admitted: new Counter({
    name: 'trigger_admitted_runs_total',
    help: 'Runs that were let in.',
    labelNames: ['precedence'],
  }),
  waited: new Histogram({
    name: 'trigger_admission_wait_seconds',
    help: 'From receipt of the event to its Workflow.',
    labelNames: ['precedence'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400],
  }),
  told: new Counter({
    name: 'trigger_told_waits_total',
    help: 'Runs whose author was told that a limit holds them back.',
    labelNames: ['limit'],
  }),
  running: new Gauge({ name: 'trigger_running_runs', help: 'Runs of ours that are under way in the whole cluster.' }),
  undecided: new Gauge({ name: 'trigger_undecided_pairs', help: 'Pairs received and not decided yet.' }),
  seconds: new Histogram({
    name: 'trigger_decision_seconds',
    help: 'From receipt to recorded decision.',
    labelNames: ['kind'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 15, 60],
  }),
} as const;
