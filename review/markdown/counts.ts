import { countByNamespace, describeCounts, type NamespaceCounts } from '../namespace-counts';
import type { ObjectChange } from '../object-change';
import { count, counted, quoted } from '../quoted';
import { clip } from './clip';

/** A table of how many objects change in which namespace. */
export function renderCounts(changes: readonly ObjectChange[], most: number): string {
  if (changes.length === 0) return '';
  const whole = most === Number.POSITIVE_INFINITY;
  const heading = '## Objects by namespace\n\n| namespace | changes |\n| --- | --- |\n';
  const rows = countByNamespace(changes).map((row) => `| ${place(row, whole)} | ${describeCounts(row.each)} |\n`);
  return `${heading}${clip(rows, most - heading.length, (rest) => `| … ${counted(rest, 'more line')} in full.md | |\n`)}\n`;
}

function place({ namespaces, isProject }: NamespaceCounts, whole: boolean): string {
  const [first = ''] = namespaces;
  if (namespaces.length === 1) return first === '' ? '(cluster)' : quoted(first);
  const shown = whole ? namespaces : namespaces.slice(0, 3);
  const names = [...shown.map(quoted), ...(namespaces.length > shown.length ? ['…'] : [])].join(', ');
  return `${count(namespaces.length)} ${isProject ? 'project namespaces' : 'namespaces'}, each: ${names}`;
}
