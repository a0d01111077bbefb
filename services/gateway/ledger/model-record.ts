import { z } from 'zod';
import { DecisionRecord, Verdict } from '../../../core/decision';
import { GerritEvent } from '../../../core/gerrit-event';

/** Verdicts by pipeline name; a pipeline that is not among them has no trigger that matches. */
export const Verdicts = z.record(z.string(), Verdict);
export type Verdicts = z.infer<typeof Verdicts>;

/**
 * How far changes have been read by REST. Milliseconds since 1970 on Gerrit's clock, which is the only one that
 * counts here.
 */
export const Cursor = z.object({
  /** Nothing older than this is an event to us: the moment of the very first start. */
  floor: z.number(),
  /** Every change updated before this has been read. */
  until: z.number(),
});
export type Cursor = z.infer<typeof Cursor>;

/** One line of the ledger. What is written is never changed; a later record adds to an earlier one. */
export const LedgerRecord = z.discriminatedUnion('kind', [
  /** First of every segment: what a reader must know even when all older segments are gone. Also where numbers are skipped. */
  z.object({
    kind: z.literal('header'),
    version: z.literal(1),
    seq: z.int(),
    /** No two are the same, so that segments of two histories differ from their first record on. */
    id: z.string().optional(),
    cursor: Cursor.optional(),
    configSeq: z.int().optional(),
    questionSeq: z.int().optional(),
  }),
  /** An event and what the coarse filter said about it, at once: no crash can come between. */
  z.object({
    kind: z.literal('event'),
    key: z.string(),
    at: z.iso.datetime(),
    event: GerritEvent,
    verdicts: Verdicts,
    /** The raw record it came from. */
    raw: z.string().optional(),
    /** Its number among the moves of `refs/meta/config`, if it is one. */
    configSeq: z.int().optional(),
    /** Its number among the comments that ask why, if it is one. */
    questionSeq: z.int().optional(),
  }),
  /** An event from the stream whose key Gerrit must be asked for first. */
  z.object({ kind: z.literal('raw'), id: z.string(), at: z.iso.datetime(), event: GerritEvent }),
  /** The raw record has no key to wait for. */
  z.object({ kind: z.literal('raw-closed'), id: z.string(), at: z.iso.datetime(), why: z.string() }),
  DecisionRecord.extend({ kind: z.literal('decision') }),
  z.object({ kind: z.literal('cursor'), cursor: Cursor }),
  /** Bytes from the stream that are no event; the head is enough to find out what they were. */
  z.object({
    kind: z.literal('quarantined'),
    at: z.iso.datetime(),
    bytes: z.int(),
    sha256: z.string(),
    /** Base64. */
    head: z.string(),
    /** Records of earlier releases do not say it. */
    why: z.string().optional(),
  }),
]);
export type LedgerRecord = z.infer<typeof LedgerRecord>;
