import { DANGER_KINDS, DANGER_TITLES } from '../dangers/danger';
import type { DangerGroup } from '../find-dangers';
import { shortKind } from '../object-change';
import { count, counted, quoted } from '../quoted';
import { bytes, shorten } from './clip';

const FULL = 'full.md';
/** Longest line of the short form. */
const LINE_BYTES = 420;

/** The dangers by kind; as many of each kind as fit, one at least, and never a kind left out. */
export function renderDangers(dangers: readonly DangerGroup[], most: number): string {
  if (dangers.length === 0) return '## Dangers: none found\n\n';
  const heading = `## Dangers: ${count(dangers.length)}\n\n`;
  const whole = most === Number.POSITIVE_INFINITY;
  const lines = DANGER_KINDS.map((kind) =>
    dangers
      .filter((group) => group.kind === kind)
      .map((group) => `- ${shorten(describe(group, whole), whole ? most : LINE_BYTES)}\n`),
  );
  const largest = Math.max(...lines.map(({ length }) => length));
  let text = heading + listed(lines, largest);
  for (let each = largest; each > 1 && bytes(text) > most; ) {
    each = each > 16 ? Math.floor(each / 2) : each - 1;
    text = heading + listed(lines, each);
  }
  return text;
}

function listed(lines: readonly (readonly string[])[], each: number): string {
  return DANGER_KINDS.map((kind, index) => {
    const its = lines[index] ?? [];
    if (its.length === 0) return '';
    const more = its.length > each ? `- … and ${count(its.length - each)} more in ${FULL}\n` : '';
    return `**${DANGER_TITLES[kind]}**\n\n${its.slice(0, each).join('')}${more}\n`;
  }).join('');
}

function describe({ objects, what }: DangerGroup, whole: boolean): string {
  const shown = whole ? objects : objects.slice(0, 3);
  const rest = objects.length - shown.length;
  const names = shown.map(({ kind, name, namespaces }) => {
    const object = quoted(`${shortKind(kind)} ${name}`);
    return `${object}${placesOf(namespaces, whole)}`;
  });
  const who = [...names, ...(rest > 0 ? [`${count(rest)} more`] : [])].join(', ');
  return who === '' ? what : `${who}: ${what}`;
}

type Places = DangerGroup['objects'][number]['namespaces'];

function placesOf(namespaces: Places, whole: boolean): string {
  const [first] = namespaces;
  if (namespaces.length <= 1) {
    const note = first?.note === undefined ? '' : ` (${first.note})`;
    return first === undefined || first.namespace === '' ? note : ` in ${quoted(first.namespace)}${note}`;
  }
  return ` in ${counted(namespaces.length, 'namespace')} (${nameList(namespaces, whole ? namespaces.length : 3)})`;
}

function nameList(namespaces: Places, most: number): string {
  const names = namespaces
    .slice(0, most)
    .map(({ namespace, note }) => `${quoted(namespace)}${note === undefined ? '' : ` ${note}`}`);
  return [...names, ...(namespaces.length > most ? ['…'] : [])].join(', ');
}
