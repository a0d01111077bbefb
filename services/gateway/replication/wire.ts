import { z } from 'zod';

/** Where a standby asks the leader for what comes next. Bytes of the ledger, as they lie on the leader's disk. */
export const REPLICA_PATH = '/v1/replica';

const WholeNumber = z.coerce.number().int().min(0);

/** What a standby says when it asks. */
export const ReplicaQuery = z.object({
  /** What its volume is known by. */
  replica: z.uuid(),
  /** Where its copy ends; segment 0: it has nothing. What comes before is on its disk. */
  segment: WholeNumber,
  offset: WholeNumber,
  /** Term of the leader that it has asked before: its copy is known to be a beginning of the leader's ledger. */
  term: z.string().optional(),
  /** SHA-256 of its last segment, to find out whether it is; not needed with a copy that is empty. */
  sha256: z.string().optional(),
  waitSeconds: z.coerce.number().min(0).max(10).default(0),
});
export type ReplicaQuery = z.infer<typeof ReplicaQuery>;

/** What the leader says beside the bytes, as headers. */
export const ReplicaHeaders = z.object({
  'seakeeper-term': z.string(),
  'seakeeper-first-segment': WholeNumber,
  'seakeeper-segment': WholeNumber,
  'seakeeper-offset': WholeNumber,
  'seakeeper-in-step': z.enum(['true', 'false']),
});

/** Answers of the leader that carry no bytes. */
export const ReplicaStatus = {
  more: 200,
  nothingYet: 204,
  /** The copy is no beginning of the leader's ledger. */
  diverged: 409,
  /** Another term: show the hash of what you have. */
  unknownTerm: 412,
} as const;
