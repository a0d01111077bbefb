import type { GerritEvent } from '../../core/gerrit-event';

/** As metrics and the ledger's records name it. */
export type SourceName = NonNullable<GerritEvent['source']>;

/**
 * Where events come from. Every source gives what it has to the same intake, under the same keys: who brings an event
 * second brings nothing. None is complete, and what each can recover is a column of the table in `docs/architecture.md`.
 */
export interface GerritSource {
  readonly name: SourceName;
  /** Brings events until the signal fires, whatever fails meanwhile. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** An event that no other source had brought, and when it happened in Gerrit. Milliseconds since 1970, Gerrit's clock. */
export interface RecoveredEvent {
  readonly event: GerritEvent;
  readonly at: number;
}

/** A source that must be asked. How far it was read is in the ledger's cursor. */
export interface AskedSource {
  readonly name: SourceName;
  /**
   * Reads what its cursor has not passed, and a little of what it has; resolves to what was new. Rejects when it could not read
   * to the end; the cursor then stands where what is on disk ends.
   */
  readonly read: (signal: AbortSignal) => Promise<RecoveredEvent[]>;
}
