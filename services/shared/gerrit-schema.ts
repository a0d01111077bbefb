import { z } from 'zod';

/** Gerrit's times are UTC without saying so: `2013-02-21 11:16:36.775000000`. Becomes ISO 8601 in milliseconds. */
export const GerritTimestamp = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}$/)
  .transform((text) => `${text.slice(0, 10)}T${text.slice(11, 23)}Z`);

export const AccountInfo = z.object({
  _account_id: z.number().optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  username: z.string().optional(),
  inactive: z.boolean().optional(),
});
export type AccountInfo = z.infer<typeof AccountInfo>;

/** A commit as it says itself who wrote it and what it is for. */
export const CommitInfo = z.object({
  author: z.object({ name: z.string().optional(), email: z.string().optional() }).default({}),
  message: z.string().default(''),
  parents: z.array(z.object({ commit: z.string() })).default([]),
});
export type CommitInfo = z.infer<typeof CommitInfo>;

export const RevisionInfo = z.object({
  /** Patch set number. */
  _number: z.number(),
  ref: z.string(),
  kind: z.string().optional(),
  created: GerritTimestamp,
  uploader: AccountInfo.optional(),
  /** With ALL_COMMITS only. */
  commit: CommitInfo.optional(),
});
export type RevisionInfo = z.infer<typeof RevisionInfo>;

export const ChangeMessageInfo = z.object({
  id: z.string(),
  author: AccountInfo.optional(),
  date: GerritTimestamp,
  message: z.string(),
  tag: z.string().optional(),
  /** Patch set number. */
  _revision_number: z.number().optional(),
});
export type ChangeMessageInfo = z.infer<typeof ChangeMessageInfo>;

/** A published comment of a change; those on no file are under `PATCHSET_LEVEL`. */
export const CommentInfo = z.object({
  /** Patch set number. */
  patch_set: z.number().optional(),
  message: z.string().optional(),
  author: AccountInfo.optional(),
  updated: GerritTimestamp.optional(),
  /**
   * The change message it was published with, as Gerrit guesses it from the second: of two messages in the same second
   * it may name the wrong one.
   */
  change_message_id: z.string().optional(),
});
export type CommentInfo = z.infer<typeof CommentInfo>;

/** The name under which Gerrit lists comments on a whole patch set. */
export const PATCHSET_LEVEL = '/PATCHSET_LEVEL';

/** One account's vote; no value: the account may vote and has not. */
export const ApprovalInfo = AccountInfo.extend({ value: z.number().optional(), date: GerritTimestamp.optional() });
export type ApprovalInfo = z.infer<typeof ApprovalInfo>;

export const LabelInfo = z.object({
  all: z.array(ApprovalInfo).optional(),
  /** What each value means: `-1`, ` 0`, `+1`. */
  values: z.record(z.string(), z.string()).optional(),
});

/** A change of who reviews. */
export const ReviewerUpdateInfo = z.object({
  updated: GerritTimestamp,
  updated_by: AccountInfo.default({}),
  reviewer: AccountInfo.default({}),
  state: z.string(),
});

export const ChangeInfo = z.object({
  id: z.string(),
  project: z.string(),
  branch: z.string(),
  change_id: z.string(),
  _number: z.number(),
  subject: z.string(),
  status: z.enum(['NEW', 'MERGED', 'ABANDONED']),
  topic: z.string().optional(),
  hashtags: z.array(z.string()).optional(),
  created: GerritTimestamp,
  updated: GerritTimestamp,
  /** When it was merged. */
  submitted: GerritTimestamp.optional(),
  /** Who merged it. */
  submitter: AccountInfo.optional(),
  owner: AccountInfo,
  is_private: z.boolean().optional(),
  work_in_progress: z.boolean().optional(),
  submittable: z.boolean().optional(),
  current_revision: z.string().optional(),
  /** Revisions by commit. */
  revisions: z.record(z.string(), RevisionInfo).optional(),
  messages: z.array(ChangeMessageInfo).optional(),
  /** With REVIEWER_UPDATES only. */
  reviewer_updates: z.array(ReviewerUpdateInfo).optional(),
  labels: z.record(z.string(), LabelInfo).optional(),
  /** Values that the caller may vote, by label: `-1`, ` 0`, `+1`. */
  permitted_labels: z.record(z.string(), z.array(z.string())).optional(),
  _more_changes: z.boolean().optional(),
});
export type ChangeInfo = z.infer<typeof ChangeInfo>;

export const BranchInfo = z.object({ ref: z.string(), revision: z.string() });
export type BranchInfo = z.infer<typeof BranchInfo>;

const PermissionRuleInfo = z.object({ action: z.string().optional() });
const PermissionInfo = z.object({
  /** Grants of this permission that parents give do not reach here. */
  exclusive: z.boolean().optional(),
  /** By group UUID; absent where the account may not see them. */
  rules: z.record(z.string(), PermissionRuleInfo).optional(),
});

/** Access of a project. */
export const ProjectAccessInfo = z.object({
  /** Whether the caller reads refs/meta/config; if not, Gerrit leaves rules out without a word. */
  config_visible: z.boolean().optional(),
  /** The parent; only All-Projects has none. */
  inherits_from: z.object({ name: z.string() }).optional(),
  /** What the project itself says, by ref pattern and permission. */
  local: z.record(z.string(), z.object({ permissions: z.record(z.string(), PermissionInfo) })).default({}),
  /** Groups the rules name, by UUID. */
  groups: z.record(z.string(), z.object({ name: z.string().optional() })).default({}),
});
export type ProjectAccessInfo = z.infer<typeof ProjectAccessInfo>;

/** Global capabilities of the caller; one that is missing is not held. */
export const CapabilityInfo = z.object({ streamEvents: z.boolean().default(false) });
export type CapabilityInfo = z.infer<typeof CapabilityInfo>;

/** Gerrit writes a group's UUID as part of a URL: `global%3ARegistered-Users`. */
const GroupUuid = z.string().transform((text, context) => {
  try {
    return decodeURIComponent(text);
  } catch {
    context.addIssue('is no URL-encoded UUID');
    return z.NEVER;
  }
});

export const GroupInfo = z.object({ id: GroupUuid, name: z.string().optional() });
export type GroupInfo = z.infer<typeof GroupInfo>;

/** Files of a patch set by path. */
export const FileInfos = z.record(z.string(), z.object({ old_path: z.string().optional() }));

/** A file's diff, as far as it says how long the file is; no `meta_b`: the patch set deletes it. */
export const DiffInfo = z.object({ meta_b: z.object({ lines: z.int().min(0).optional() }).optional() });

/** A group with its direct members and the groups in it. */
export const GroupDetailInfo = z.object({
  id: GroupUuid,
  name: z.string().optional(),
  /** Without it, Gerrit leaves members out for a caller who does not own the group. */
  options: z.object({ visible_to_all: z.boolean().default(false) }).prefault({}),
  members: z.array(AccountInfo).default([]),
  includes: z.array(z.object({ id: GroupUuid, name: z.string().optional() })).default([]),
});
export type GroupDetailInfo = z.infer<typeof GroupDetailInfo>;

/** The votes that stand after a review; Gerrit leaves out what it silently dropped. */
export const ReviewResult = z.object({ labels: z.record(z.string(), z.number()).optional() });
