import { z } from 'zod';
import { DecisionRecord, Verdict } from '../../../core/decision';
import { GerritEvent } from '../../../core/gerrit-event';

/** Verdicts by pipeline name; a pipeline that is not among them has no trigger that matches. */
export const Verdicts = z.record(z.string(), Verdict);
export type Verdicts = z.infer<typeof Verdicts>;

/** How far the events-log plug-in's rows have been read. Milliseconds since 1970, Gerrit's clock. */
export const LogCursor = z.object({
  /** Rows older than this are not read: the moment from which on they first were. */
  floor: z.number(),
  /** Every row of before this has been read that was there then. */
  until: z.number(),
});
export type LogCursor = z.infer<typeof LogCursor>;

/**
 * How far the sources that are asked have been read. Milliseconds since 1970 on Gerrit's clock, which is the only one that
 * counts here.
 */
export const Cursor = z.object({
  /** Nothing older than this is an event to us: the moment of the very first start. */
  floor: z.number(),
  /** Every change updated before this has been read by REST. */
  until: z.number(),
  /** Absent: the events-log was never read. */
  log: LogCursor.optional(),
});
export type Cursor = z.infer<typeof Cursor>;

/** Where a branch is. */
export const RefTip = z.object({ project: z.string(), ref: z.string(), revision: z.string() });
export type RefTip = z.infer<typeof RefTip>;

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
  /** Refs that are followed from here on; their later moves are events. */
  z.object({ kind: z.literal('tips'), tips: z.array(RefTip) }),
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
