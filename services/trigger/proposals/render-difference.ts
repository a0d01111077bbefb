import type { DryRun } from '../../../core/dry-run';
import type { Amount } from '../admission/model-amount';
import { quantityText } from '../admission/render-wait';
import type { Use } from './model-use';

/** Names of a list that are shown; a definition may have a hundred images. */
const MOST_NAMES = 10;

export interface Difference {
  readonly path: string;
  readonly pipeline: string;
  /** Whether no definition is merged, valid or not. */
  readonly isNew: boolean;
  /** What the merged definition comes to; undefined: there is none that is valid. */
  readonly before: Use | undefined;
  /** What the proposed one comes to; undefined: it is removed. */
  readonly after: Use | undefined;
  readonly dryRun: DryRun;
}

/** What a proposal changes for one pipeline: a headline, and lines under it that begin with two spaces. */
export function renderDifference({ path, pipeline, isNew, before, after, dryRun }: Difference): string[] {
  if (after === undefined) {
    return [
      `${path}: removed. Nothing runs in pipeline ${pipeline} once this is merged`,
      `  dry run: ${renderDryRun(pipeline, dryRun, 'triggered it')}`,
    ];
  }
  return [
    `${path}: ${isNew ? 'new in' : 'changes what runs in'} pipeline ${pipeline}`,
    `  permissions: those of ServiceAccount ${after.account}${change(before?.account, after.account)}`,
    `  secrets: ${names(before?.secrets, after.secrets)}`,
    "  egress: through the fence of the project's namespace, in which a definition has no say",
    `  images: ${names(before?.images, after.images)}`,
    ...(after.templates.length === 0 && (before?.templates ?? []).length === 0
      ? []
      : [`  curated templates: ${names(before?.templates, after.templates)}`]),
    `  cost of a run: ${cost(after)}${change(before && cost(before), cost(after))}`,
    `  dry run: ${renderDryRun(pipeline, dryRun, 'would have triggered it')}`,
  ];
}

function renderDryRun(pipeline: string, { events, pipelines }: DryRun, did: string): string {
  const { would, may } = pipelines[pipeline] ?? { would: 0, may: 0 };
  const last = events === 1 ? 'the last event' : `the last ${events} events`;
  const perhaps = may === 0 ? '' : `, and ${may} more may have: that hangs on what only Gerrit knows (files, votes, …)`;
  return events === 0
    ? 'no event of the project is recorded yet'
    : `${would} of ${last} of the project ${did}${perhaps}`;
}

/** What came and what went; all of them where there was nothing to compare with. */
function names(before: readonly string[] | undefined, after: readonly string[]): string {
  const added = after.filter((name) => before?.includes(name) === false);
  const removed = (before ?? []).filter((name) => !after.includes(name));
  if (before === undefined || (added.length === 0 && removed.length === 0)) {
    const all = after.length === 0 ? 'none' : cut(after);
    return before === undefined ? all : `${all}, as before`;
  }
  const marked = [...added.map((name) => `+ ${name}`), ...removed.map((name) => `- ${name}`)];
  return cut(marked);
}

const cut = (all: readonly string[]): string =>
  all.length > MOST_NAMES
    ? `${all.slice(0, MOST_NAMES).join(', ')} and ${all.length - MOST_NAMES} more`
    : all.join(', ');

function change(before: string | undefined, after: string): string {
  if (before === undefined) {
    return '';
  }
  return before === after ? ', as before' : ` (before: ${before})`;
}

function cost({ total, peak }: Use): string {
  const { pods } = total;
  return `${pods} ${pods === 1 ? 'pod' : 'pods'} asking for ${compute(total)} together, ${compute(peak)} at once at most`;
}

const compute = (amount: Amount): string =>
  `cpu ${quantityText('cpu', amount['requests.cpu'])} and memory ${quantityText('memory', amount['requests.memory'])}`;
