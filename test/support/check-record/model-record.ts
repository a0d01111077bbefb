import { z } from 'zod';

/** Gerrit's record of one change, as its REST tells it. Times are milliseconds since 1970, in whole seconds. */
export interface ChangeOnRecord {
  readonly project: string;
  readonly number: number;
  readonly isOpen: boolean;
  /** Oldest first. */
  readonly patchSets: readonly { readonly number: number; readonly revision: string; readonly at: number }[];
  /** Oldest first. */
  readonly messages: readonly MessageOnRecord[];
  /** Votes that stand. */
  readonly votes: readonly { readonly label: string; readonly account: string; readonly value: number }[];
}

export interface MessageOnRecord {
  readonly id: string;
  readonly at: number;
  readonly author: string;
  /** `''`: none. */
  readonly tag: string;
  readonly patchSet: number;
  readonly text: string;
}

/** `2026-11-30 11:36:40.000000000`, always UTC. */
const Timestamp = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/)
  .transform((text) => Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`));
const Account = z.object({ username: z.string().default('') }).prefault({});

const ChangeInfo = z.object({
  project: z.string(),
  _number: z.int(),
  status: z.string(),
  revisions: z.record(z.string(), z.object({ _number: z.int(), created: Timestamp })),
  messages: z.array(
    z.object({
      id: z.string(),
      date: Timestamp,
      author: Account,
      tag: z.string().default(''),
      _revision_number: z.int().default(0),
      message: z.string(),
    }),
  ),
  labels: z
    .record(
      z.string(),
      z.object({
        all: z.array(z.object({ username: z.string().default(''), value: z.int().default(0) })).default([]),
      }),
    )
    .default({}),
});

/** Options with which REST tells all of it. */
export const RECORD_OPTIONS = ['ALL_REVISIONS', 'MESSAGES', 'DETAILED_LABELS', 'DETAILED_ACCOUNTS'] as const;

/** Reads a `ChangeInfo`. Throws when it has not the documented shape. */
export function parseChange(body: unknown): ChangeOnRecord {
  const { project, _number, status, revisions, messages, labels } = ChangeInfo.parse(body);
  return {
    project,
    number: _number,
    isOpen: status === 'NEW',
    patchSets: Object.entries(revisions)
      .map(([revision, info]) => ({ number: info._number, revision, at: info.created }))
      .sort((one, other) => one.number - other.number),
    messages: messages
      .map(({ id, date, author, tag, _revision_number, message }) => ({
        ...{ id, at: date, author: author.username, tag },
        ...{ patchSet: _revision_number, text: message },
      }))
      .sort((one, other) => one.at - other.at),
    votes: Object.entries(labels).flatMap(([label, { all }]) =>
      all.flatMap(({ username, value }) => (value === 0 ? [] : [{ label, account: username, value }])),
    ),
  };
}
