import { z } from 'zod';

/** How a process says that it serves. A task has no probe: it is ready when it has exited with 0. */
export const Probe = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('http'), url: z.url() }),
  z.strictObject({
    kind: z.literal('https'),
    url: z.url(),
    /** PEM files. */
    ca: z.string(),
    clientCertificate: z.string().optional(),
    clientKey: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('tcp'), host: z.string(), port: z.int().min(1).max(65535) }),
  z.strictObject({ kind: z.literal('unix'), path: z.string() }),
]);
export type Probe = z.infer<typeof Probe>;

/** One process of the local cluster, as data: the supervisor reads these from a file. */
export const ProcessSpec = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens'),
  /** A `daemon` is kept running; a `task` runs once at every start, again until it succeeds. */
  kind: z.enum(['daemon', 'task']),
  /** Program (absolute path) and arguments. Never a secret: command lines are readable by everyone. */
  command: z.array(z.string()).min(1),
  /** Added to a minimal environment (PATH, HOME). */
  env: z.record(z.string(), z.string()).default({}),
  cwd: z.string().optional(),
  /** Processes that must be ready before this one starts; it is stopped before them. */
  after: z.array(z.string()).default([]),
  probe: Probe.optional(),
  /** Seconds between SIGTERM and SIGKILL. */
  stopGraceSeconds: z.int().min(1).default(10),
  /** Seconds the probe may fail after start before the process is restarted. */
  startGraceSeconds: z.int().min(1).default(90),
});
export type ProcessSpec = z.infer<typeof ProcessSpec>;
export type ProcessSpecInput = z.input<typeof ProcessSpec>;

/** A folder of the machine that the node's mount namespace replaces with one of ours. */
export const BindMount = z.strictObject({ from: z.string(), onto: z.string() });
export type BindMount = z.infer<typeof BindMount>;

/** Everything the supervisor is told; the file it is read from is rewritten at every start. */
export const SupervisorPlan = z.strictObject({
  socket: z.string(),
  logs: z.string(),
  /** Folders of the pods' cgroups, one per hierarchy. */
  podCgroups: z.array(z.string()),
  binds: z.array(BindMount),
  /** Changes when a configuration file does, so that a plan says by itself whether a restart is due. */
  configFingerprint: z.string(),
  processes: z.array(ProcessSpec),
});
export type SupervisorPlan = z.infer<typeof SupervisorPlan>;

/** What the supervisor reports of one process. */
export const ProcessStatus = z.strictObject({
  name: z.string(),
  /** `waiting`: for what it comes after; `backing-off`: died, will be started again. */
  state: z.enum(['waiting', 'starting', 'ready', 'unhealthy', 'backing-off', 'finished', 'stopped']),
  pid: z.int().optional(),
  restarts: z.int(),
  /** Why it last ended, when it did. */
  lastExit: z.string().optional(),
});
export type ProcessStatus = z.infer<typeof ProcessStatus>;

export const SupervisorStatus = z.strictObject({
  pid: z.int(),
  /** Fingerprint of the plan it runs: a different one means that `start` must restart it. */
  plan: z.string(),
  stopping: z.boolean(),
  processes: z.array(ProcessStatus),
});
export type SupervisorStatus = z.infer<typeof SupervisorStatus>;

/** True when a process has got to where what comes after it may start. */
export function isReady(status: Pick<ProcessStatus, 'state'>): boolean {
  return status.state === 'ready' || status.state === 'finished';
}
