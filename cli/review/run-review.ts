import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reviewRenderings } from '../../review/build-review';
import { renderComment, renderFull } from '../../review/markdown/render-review';
import type { Review, ReviewBasis } from '../../review/review';
import { parseUsage, type Usage } from '../../review/usage';
import { type RenderedRevisions, type RevisionOptions, renderRevisions } from './render-revisions';

/** What `npm run review` is asked for. */
export interface ReviewOptions extends RevisionOptions {
  /** File with the use of quotas, as kubectl prints it. */
  readonly usage?: string;
  /** Folder for the files. */
  readonly out: string;
}

/** Files a review writes. */
export const REVIEW_FILES = {
  /** For hosts that fold `<details>`; fits a comment. */
  comment: 'review.md',
  /** For Gerrit, which shows HTML as text; fits a comment. */
  gerrit: 'review.gerrit.md',
  /** Everything. */
  full: 'full.md',
  /** The dangers as data, for a job that asks for more approvals. */
  dangers: 'dangers.json',
} as const;

/** Compares two revisions of a stack and writes what a pull request should say. Resolves to the comment's text. */
export async function runReview(options: ReviewOptions): Promise<string> {
  const use = readUse(options.usage);
  const { before, after, ...rendered } = await renderRevisions(options);
  return writeReview(
    reviewRenderings({ ...basisOf(options, rendered), shown: 'rendering' }, before, after, use),
    options.out,
  );
}

/** What a review says of its own making. */
export const basisOf = (
  { stack }: ReviewOptions,
  { base, head, program, notExecuted }: Omit<RenderedRevisions, 'before' | 'after'>,
): Omit<ReviewBasis, 'shown'> => ({
  stack,
  base: base.commit,
  head: head.commit,
  baseName: base.name,
  headName: head.name,
  program,
  notExecuted,
});

/** Use of quotas out of a file; nothing is known without one. Throws in one line when it is none. */
export function readUse(file: string | undefined): Usage {
  if (file === undefined) return new Map();
  try {
    return parseUsage(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new Error(
      `--usage ${file} cannot be read; write it with: kubectl get resourcequota --all-namespaces --output json`,
    );
  }
}

/** Writes the review's files. Returns the comment's text. */
export function writeReview(review: Review, folder: string): string {
  const comment = renderComment(review, 'html');
  const files = {
    [REVIEW_FILES.comment]: comment,
    [REVIEW_FILES.gerrit]: renderComment(review, 'gerrit'),
    [REVIEW_FILES.full]: renderFull(review),
    [REVIEW_FILES.dangers]: `${JSON.stringify(review.dangers, undefined, 2)}\n`,
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return comment;
}
