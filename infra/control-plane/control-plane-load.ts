import type { ControlPlaneConfig } from './config';

/** Objects, and bytes that they take in etcd. */
export interface StoredObjects {
  readonly objects: number;
  readonly bytes: number;
}

/** What a load is computed from. */
export interface ControlPlaneFacts {
  /** The system's own objects. */
  readonly system: StoredObjects;
  /** Projects there may be, in groups of the same size: its namespace and its `Project`. */
  readonly projects: readonly { readonly name: string; readonly count: number; readonly each: StoredObjects }[];
  /** Runs; absent: no demand is known. */
  readonly runs?: {
    readonly perDay: number;
    /** At the busiest, a second: build slots over a run's mean duration. */
    readonly perSecond: number;
    /** Hours a run is kept after its end. */
    readonly keptHours: number;
  };
  readonly stepsPerRun: number;
}

/** One part of the load. */
export interface LoadLine extends StoredObjects {
  readonly name: string;
  readonly source: string;
}

/** What watchers are told at the busiest. */
export interface WatchLine {
  readonly kind: string;
  /** Changes a second. */
  readonly changes: number;
  /** Who is told of each. */
  readonly watchers: readonly string[];
}

/** What a stack asks of the cluster's control plane. */
export interface ControlPlaneLoad {
  /** Of projects. */
  readonly namespaces: number;
  readonly lines: readonly LoadLine[];
  readonly watches: readonly WatchLine[];
  /** Sums of the lines; bytes as etcd's database has them. */
  readonly total: StoredObjects;
  readonly watchEventsPerSecond: number;
}

/** Measured on the local cluster: JSON of a run of one step, and what each further one adds; pods as etcd has them. Bytes. */
const RUN = { workflow: 5_000, perStep: 1_300, pod: 12_000 };
/** Events of the cluster, which it forgets after an hour: of a step, measured, and their size. */
const EVENTS = { perStep: 20, bytes: 900, keptHours: 1 };
/** etcd's database beside the bytes in it: keys, pages that are half full, and what compaction has still to free. */
const DATABASE_OVERHEAD = 1.5;
/** The API server has etcd forget old revisions every five minutes; until then they take room. Seconds. */
const HISTORY_SECONDS = 300;
/** Writes a second while every project is made anew; what one API server took in our measurements. */
const MOST_WRITES_PER_SECOND = 1_200;

const KUBERNETES = ['garbage collector', 'quota controller'];
/** Changes of each kind that one step of a run makes, and one run; and who watches the kind in the whole cluster. */
const WATCHED = [
  { kind: 'Workflow', perStep: 3, perRun: 4, watchers: ['workflow-controller', 'trigger', 'reporter', ...KUBERNETES] },
  { kind: 'Pod', perStep: 9, perRun: 0, watchers: ['workflow-controller', 'scheduler', 'kubelet', ...KUBERNETES] },
  { kind: 'WorkflowTaskResult', perStep: 3, perRun: 0, watchers: ['workflow-controller', ...KUBERNETES] },
  { kind: 'ResourceQuota', perStep: 2, perRun: 0, watchers: ['provisioner', 'API server', ...KUBERNETES] },
  { kind: 'Event', perStep: EVENTS.perStep, perRun: 0, watchers: [] },
] as const;

/** What a stack asks of the control plane. Pure: same facts, same load. */
export function controlPlaneLoad(facts: ControlPlaneFacts): ControlPlaneLoad {
  const projects = facts.projects.map(({ name, count, each }) => ({
    name: `projects, ${name}`,
    objects: count * each.objects,
    bytes: count * each.bytes,
    source: `${count} × ${each.objects} objects of together ${each.bytes} bytes, as the constructs render them`,
  }));
  const lines: LoadLine[] = [
    { name: 'the system itself', ...facts.system, source: 'as the constructs render it' },
    ...projects,
    ...runLines(facts),
  ];
  const held = [...lines, historyLine(lines)];
  const total = sum(held);
  const watches = watchLines(facts);
  return {
    namespaces: facts.projects.reduce((all, { count }) => all + count, 0),
    lines: held,
    watches,
    total: { objects: total.objects, bytes: Math.round(total.bytes * DATABASE_OVERHEAD) },
    watchEventsPerSecond: watches.reduce((all, { changes, watchers }) => all + changes * watchers.length, 0),
  };
}

function runLines({ runs, stepsPerRun }: ControlPlaneFacts): LoadLine[] {
  if (runs === undefined) return [];
  const { perDay, keptHours } = runs;
  const kept = Math.ceil((perDay * keptHours) / 24);
  const steps = Math.ceil(kept * stepsPerRun);
  const hour = Math.ceil((perDay / 24) * stepsPerRun * EVENTS.perStep * EVENTS.keptHours);
  const perDayText = perDay.toFixed(0);
  return [
    {
      name: 'runs',
      objects: kept,
      bytes: kept * RUN.workflow + steps * RUN.perStep,
      source: `${perDayText} a day, kept ${keptHours} h; ${RUN.workflow} bytes and ${RUN.perStep} a step`,
    },
    {
      name: 'pods of runs',
      objects: steps,
      bytes: steps * RUN.pod,
      source: `${stepsPerRun} a run, kept as long; ${RUN.pod} bytes`,
    },
    {
      name: 'events',
      objects: hour,
      bytes: hour * EVENTS.bytes,
      source: `${EVENTS.perStep} a step, kept ${EVENTS.keptHours} h; ${EVENTS.bytes} bytes`,
    },
  ];
}

/** A change of what every namespace holds writes all of it anew: the old revisions stand until they are compacted. */
function historyLine(lines: readonly LoadLine[]): LoadLine {
  const { objects, bytes } = sum(lines);
  const written = Math.min(objects, MOST_WRITES_PER_SECOND * HISTORY_SECONDS);
  return {
    name: 'old revisions while everything is written anew',
    objects: 0,
    bytes: objects === 0 ? 0 : Math.round((bytes / objects) * written),
    source: `the smaller of all objects and ${MOST_WRITES_PER_SECOND} a second for the ${HISTORY_SECONDS} s between compactions`,
  };
}

function watchLines({ runs, stepsPerRun }: ControlPlaneFacts): WatchLine[] {
  if (runs === undefined) return [];
  return WATCHED.map(({ kind, perStep, perRun, watchers }) => ({
    kind,
    changes: runs.perSecond * (perStep * stepsPerRun + perRun),
    watchers,
  }));
}

const sum = (lines: readonly StoredObjects[]): StoredObjects => ({
  objects: lines.reduce((all, { objects }) => all + objects, 0),
  bytes: lines.reduce((all, { bytes }) => all + bytes, 0),
});

/** A load in one line: what etcd holds and what watchers are told. */
export const summarizeLoad = ({ namespaces, total, watchEventsPerSecond }: ControlPlaneLoad): string =>
  `${namespaces} project namespaces, ${total.objects} objects, ${mebibytes(total.bytes)} of etcd, ${Math.ceil(watchEventsPerSecond)} events a second to watchers at the busiest`;

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** What of a load is past what the control plane is trusted to bear, a sentence each with the figures; none: it fits. */
export function pastBudget(
  load: ControlPlaneLoad,
  budget: ControlPlaneConfig & { readonly etcdBytes: number },
): string[] {
  const largest = load.lines.filter(({ objects }) => objects > 0).sort((a, b) => b.bytes - a.bytes)[0];
  const events = Math.ceil(load.watchEventsPerSecond);
  return [
    ...(load.namespaces > budget.namespaces
      ? [
          `${load.namespaces} project namespaces, allowed are ${budget.namespaces}; list fewer projects, lower selfServe.most, or take another cluster`,
        ]
      : []),
    ...(load.total.bytes > budget.etcdBytes
      ? [
          `${load.total.objects} objects take ${mebibytes(load.total.bytes)} of etcd, allowed are ${mebibytes(budget.etcdBytes)}; most of it is ${largest?.name} (${mebibytes(largest?.bytes ?? 0)}): keep runs for a shorter time, list fewer projects, or give etcd more and say so in controlPlane.etcdQuota`,
        ]
      : []),
    ...(events > budget.watchEventsPerSecond
      ? [
          `${events} events a second to watchers, allowed are ${budget.watchEventsPerSecond}; measure what the API servers bear, and say so in controlPlane.watchEventsPerSecond`,
        ]
      : []),
  ];
}
