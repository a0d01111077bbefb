import type { Pool } from '../../core/pool';
import type { ProjectClass } from '../../core/service-config';

/** Compute and disk: cores and bytes. */
export interface Amount {
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number;
}

/** One reason for needing something, so that each can be doubted by itself. */
export interface RequirementLine {
  readonly name: string;
  readonly amount: Amount;
  /** Where the number comes from: a measurement, a computation, or a document. */
  readonly source: string;
}

/** What runs on a node, by kind, and what nothing can use. */
export interface PackedPoolNode {
  /** How many of each kind. */
  readonly pods: Readonly<Record<string, number>>;
  /** Requests of each kind, in parts of what the node offers: CPU and memory. */
  readonly shares: Readonly<Record<string, { readonly cpu: number; readonly memory: number }>>;
}

/** What one pool of machines must offer. */
export interface PoolRequirement {
  readonly pool: Pool;
  /** Build slots. 0 where none run, as in `system`. */
  readonly executors: number;
  readonly lines: readonly RequirementLine[];
  /** Sum of the lines: what must be allocatable over all nodes of the pool. */
  readonly total: Amount;
  /** What kubelet and operating system keep of the same nodes; not in `total`, which is what pods may request. */
  readonly reserved: RequirementLine;
  /** Machines of `shape` that offer it, one of them down. */
  readonly nodes: number;
  /** Size of one machine, as it is bought: `nodes` of them are `total` and `reserved`. */
  readonly shape: Amount;
  /** How executors and other pods fit on the nodes, the spare one left out. */
  readonly packing: readonly PackedPoolNode[];
}

/** Executors a pool is forecast to need on a day, at P50 and P90. */
export interface DemandPoint {
  readonly date: string;
  readonly p50: number;
  readonly p90: number;
}

/** A PriorityClass: who may push out whom. */
export interface PriorityRow {
  readonly name: string;
  readonly value: number;
  readonly description: string;
  /** False: its pods wait for room and push nobody out. */
  readonly preempts: boolean;
}

/** A volume of the system. */
export interface StorageRequirement {
  readonly name: string;
  /** Bytes it must hold. */
  readonly bytes: number;
  /** Bytes stack config gives it. */
  readonly configured: number;
  readonly source: string;
}

/**
 * What the cluster needs, computed once from stack config and the forecast, and used by the constructs as by the
 * reports: a number here is typed nowhere else.
 */
export interface Requirement {
  /** The day it is enough until, at P90. Absent: no forecast is configured, and only quotas follow from the config. */
  readonly until?: string;
  readonly pools: readonly PoolRequirement[];
  /** Compute limits by project class. */
  readonly quotas: Readonly<Record<string, ProjectClass>>;
  readonly priorityClasses: readonly PriorityRow[];
  /** Changes a dependent pipeline tests at once: at first, and at least. */
  readonly gateWindow: { readonly initial: number; readonly floor: number };
  /** Forecast by pool, for the day on which given machines stop being enough. */
  readonly forecast: Readonly<Partial<Record<Pool, readonly DemandPoint[]>>>;
  /** Volumes whose size follows from the number of builds. */
  readonly storage: readonly StorageRequirement[];
  /** Everything assumed, one sentence each. */
  readonly assumptions: readonly string[];
}
