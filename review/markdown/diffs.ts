import { type ChangeGroup, groupChanges } from '../group-changes';
import { type ObjectChange, SIGNS, shortKind } from '../object-change';
import { diffObjects } from '../object-diff';
import { counted, quoted } from '../quoted';
import { toldByNamespace } from '../whole-namespaces';
import { bytes } from './clip';

/** How a host shows Markdown: Gerrit shows HTML as text, so nothing folds there. */
export type Dialect = 'html' | 'gerrit';

/** Lines of one object's diff in the short form. */
const MOST_LINES = 40;
const HEADING = '## Differences\n\n';

/**
 * Unified diffs by object, one for all namespaces where it is the same, as many as fit. In the short form a namespace that is
 * made or deleted stands for what is in it.
 */
export function renderDiffs(changes: readonly ObjectChange[], most: number, dialect: Dialect): string {
  if (changes.length === 0) return '';
  const whole = most === Number.POSITIVE_INFINITY;
  const told = toldByNamespace(changes);
  const shown = whole ? changes : changes.filter((change) => !told(change));
  const carried = changes.length - shown.length;
  const last = carried === 0 ? '' : `${counted(carried, 'object')} made or deleted with a namespace: in full.md\n\n`;
  const groups = groupChanges(shown);
  // What cannot be shown need not be computed: a diff takes time.
  let left = most - bytes(HEADING + last + leftOut(groups.length));
  const blocks: string[] = [];
  for (const group of groups) {
    const block = renderGroup(group, whole ? most : MOST_LINES, dialect);
    left -= bytes(block);
    if (left < 0) break;
    blocks.push(block);
  }
  const rest = groups.length - blocks.length;
  return HEADING + blocks.join('') + (rest === 0 ? '' : leftOut(rest)) + last;
}

const leftOut = (groups: number): string => `… and ${counted(groups, 'more difference')} in full.md\n\n`;

function renderGroup({ first, namespaces }: ChangeGroup, mostLines: number, dialect: Dialect): string {
  const diff = diffObjects(first.before, first.after);
  const lines = diff.length > 0 ? diff : ['only values that are secret change'];
  const shown = lines.slice(0, mostLines);
  const rest = lines.length - shown.length;
  const body = fenced([...shown, ...(rest > 0 ? [`… ${counted(rest, 'more line')} in full.md`] : [])]);
  const title = titleOf(first, namespaces);
  return dialect === 'html'
    ? `<details><summary>${asHtml(title)}</summary>\n\n${body}\n</details>\n\n`
    : `${SIGNS[first.op]} ${title.object}${title.place}\n\n${body}\n`;
}

interface Title {
  readonly sign: string;
  readonly object: string;
  readonly place: string;
}

function titleOf({ op, kind, name, namespace }: ObjectChange, namespaces: readonly string[]): Title {
  const place =
    namespaces.length > 1
      ? ` in ${counted(namespaces.length, 'namespace')}, shown: ${quoted(namespaces[0] ?? '')}`
      : namespace === ''
        ? ''
        : ` in ${quoted(namespace)}`;
  return { sign: SIGNS[op], object: quoted(`${shortKind(kind)} ${name}`), place };
}

function asHtml({ sign, object, place }: Title): string {
  const escaped = `${sign} ${object}${place}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replace(/`([^`]*)`/g, '<code>$1</code>');
}

/** A fence longer than any inside it. */
function fenced(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g)?.map(({ length }) => length) ?? []));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${lines.join('\n')}\n${fence}\n`;
}
