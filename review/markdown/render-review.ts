import { COMMENT_BYTES, HTML_MARKER, MARKER_BYTES } from '../comment';
import { countOps, describeCounts } from '../namespace-counts';
import { count, counted, quoted } from '../quoted';
import type { Review } from '../review';
import { renderCapacity } from './capacity';
import { bytes, clip } from './clip';
import { renderCounts } from './counts';
import { renderDangers } from './dangers';
import { type Dialect, renderDiffs } from './diffs';
import { renderCuts } from './quota-cuts';

/** Shares of the short form; the differences have the rest. */
const MOST = { notExecuted: 700, dangers: 6_500, cuts: 2_000, counts: 1_800, capacity: 1_500 } as const;

const WHOLE = Number.POSITIVE_INFINITY;

/** The review as Markdown with everything in it. */
export const renderFull = (review: Review): string => render(review, 'html', WHOLE);

/** The review as Markdown that a comment holds: what was left out is counted and named as in `full.md`. */
export const renderComment = (review: Review, dialect: Dialect): string => {
  const text = render(review, dialect, COMMENT_BYTES - MARKER_BYTES);
  return dialect === 'html' ? `${HTML_MARKER}\n${text}` : text;
};

function render(review: Review, dialect: Dialect, most: number): string {
  const share = (bytesOfIt: number): number => (most === WHOLE ? WHOLE : bytesOfIt);
  const { changes } = review;
  const head =
    renderHead(review, share(MOST.notExecuted)) +
    renderDangers(review.dangers, share(MOST.dangers)) +
    renderCuts(review.cuts, share(MOST.cuts)) +
    renderCounts(changes, share(MOST.counts));
  const tail = renderCapacity(review.capacity, share(MOST.capacity));
  return head + renderDiffs(changes, most - bytes(head) - bytes(tail), dialect) + tail;
}

function renderHead({ basis, changes }: Review, most: number): string {
  const { stack, base, head, baseName, headName } = basis;
  const counts = changes.length === 0 ? 'no object changes' : describeCounts(countOps(changes));
  const files = basis.notExecuted;
  const hidden =
    files.length === 0
      ? ''
      : `**${counted(files.length, 'file')} of the program changed and ${files.length === 1 ? 'was' : 'were'} not executed; what ${
          files.length === 1 ? 'it makes' : 'they make'
        } is not shown until a ServiceOps member approves:** ${clip(
          files.map((file, index) => `${index === 0 ? '' : ', '}${quoted(file)}`),
          most,
          (rest) => ` … and ${count(rest)} more in full.md`,
        )}\n\n`;
  return `# Review of stack ${quoted(stack)}: ${counts}\n\n${quoted(baseName)} ${base.slice(0, 12)} → ${quoted(headName)} ${head.slice(0, 12)}. ${shown(basis)}\n\n${hidden}`;
}

function shown({ shown: what, program }: Review['basis']): string {
  if (what === 'preview') {
    return 'Shown: `pulumi preview` of the approved revision against the cluster; project namespaces as its program renders them.';
  }
  return program === 'base'
    ? "Shown: both configurations as the **base's program** renders them, in a process without cluster, passphrase and network."
    : "Shown: the approved revision as **its own program** renders it, beside the base's, in processes without cluster, passphrase and network.";
}
