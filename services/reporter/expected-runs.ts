import type { WorkflowReference } from '../../core/decision';

/** How long a watch may take to tell of a Workflow that the ledger already knows. Milliseconds. */
const SETTLE_MS = 60_000;

/** A run without its Workflow. */
export interface MissingRun {
  readonly workflow: WorkflowReference;
  /** Argo's word for how it was when last seen; undefined when it was not. */
  readonly phase: string | undefined;
}

/** `namespace/name` of a Workflow. */
type Key = string;

/**
 * Workflows that are there, beside those that the ledger says were started: one that is missing although it was not
 * reported has been removed. Keeps keys and UIDs, and of the missing ones what is known until they are dealt with.
 */
export class ExpectedRuns {
  private readonly there = new Map<Key, string>();
  private readonly expected = new Map<Key, { readonly workflow: WorkflowReference; readonly dueMs: number }>();
  private readonly missing = new Map<Key, MissingRun>();
  private complete = false;

  /** All that are there have been named once. */
  synced(): void {
    this.complete = true;
  }

  /** A Workflow is there. */
  present(key: Key, uid: string): void {
    this.there.set(key, uid);
    if (this.expected.get(key)?.workflow.uid === uid) {
      this.expected.delete(key);
    }
  }

  /** It is there no more. */
  gone(key: Key): void {
    this.there.delete(key);
  }

  /** A Workflow was removed that had not been reported. */
  lost(key: Key, run: MissingRun): void {
    this.missing.set(key, run);
  }

  /** The ledger says that it was started. Returns after how many milliseconds to look again; undefined: it is there. */
  expect(key: Key, workflow: WorkflowReference, nowMs: number): number | undefined {
    if (this.there.get(key) === workflow.uid) {
      return undefined;
    }
    this.expected.set(key, { workflow, dueMs: nowMs + SETTLE_MS });
    return SETTLE_MS;
  }

  /** What is to be done about a key: a run that is missing, or a look after so many milliseconds. */
  look(key: Key, nowMs: number): { readonly run?: MissingRun; readonly againMs?: number } {
    const expected = this.expected.get(key);
    if (expected !== undefined) {
      if (nowMs < expected.dueMs || !this.complete) {
        return { againMs: Math.max(expected.dueMs - nowMs, SETTLE_MS / 10) };
      }
      this.expected.delete(key);
      if (this.there.get(key) !== expected.workflow.uid) {
        this.missing.set(key, { workflow: expected.workflow, phase: undefined });
      }
    }
    const run = this.missing.get(key);
    return run === undefined ? {} : { run };
  }

  /** A missing run has been dealt with. */
  settled(key: Key): void {
    this.missing.delete(key);
  }
}
