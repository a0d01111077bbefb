import { readFileSync } from 'node:fs';
import { type Approval, decideApproval } from '../../review/approval';
import { isPosted } from '../../review/comment';
import { GerritChange } from './gerrit-change';

/** Which change of which server, and as whom. */
export interface GerritOptions {
  /** Base URL of the server, no trailing slash. */
  readonly gerrit: string;
  readonly account: string;
  /** File with the account's HTTP password. */
  readonly passwordFile: string;
  /** Number, or `project~number`. */
  readonly change: string;
  /** Commit of the patch set. */
  readonly commit: string;
}

export interface ApprovalOptions extends GerritOptions {
  readonly group: string;
  readonly label: string;
  readonly value: number;
}

/** Whether a member of the group approved exactly that patch set; if not, why. */
export function checkApproval(options: ApprovalOptions): Promise<Approval> {
  const { commit, group, label, value } = options;
  return onChange(options, async (gerrit) => {
    const [change, members] = [await gerrit.read(), await gerrit.membersOf(group)];
    return decideApproval({
      label,
      value,
      group,
      members,
      standing: change.standing(label),
      cast: change.cast(label),
      isCurrent: change.currentRevision === commit,
    });
  });
}

/** What became of a review that was to be posted. */
export type PostOutcome = 'posted' | 'unchanged' | 'outdated';

/** Posts a review, unless the newest one says the same, or a newer patch set made it pointless. */
export function postReview(options: GerritOptions, markdown: string): Promise<PostOutcome> {
  return onChange(options, async (gerrit) => {
    const change = await gerrit.read();
    if (change.currentRevision !== options.commit) return 'outdated';
    if (isPosted(change.messages, options.account, markdown)) return 'unchanged';
    await gerrit.post(options.commit, markdown);
    return 'posted';
  });
}

async function onChange<Result>(
  { gerrit: url, account, passwordFile, change }: GerritOptions,
  work: (gerrit: GerritChange) => Promise<Result>,
): Promise<Result> {
  const gerrit = new GerritChange({ url, account, password: readPassword(passwordFile) }, change);
  try {
    return await work(gerrit);
  } finally {
    await gerrit.close();
  }
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new Error(`--password-file ${file} cannot be read; it holds the account's HTTP password`);
  }
}
