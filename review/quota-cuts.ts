import { DOMAIN } from '../core/labels';
import { PROJECT_API } from '../core/project';
import { parseQuantity, QUANTITY_PATTERN } from '../core/quantity';
import type { ClusterIndex } from './cluster-index';
import { at, compareText, fields } from './json';
import type { ObjectChange } from './object-change';
import { count, counted, quoted } from './quoted';
import { type Usage, usageKey } from './usage';

/** A namespace whose quota is cut, and how that compares with its use. */
export interface CutNamespace {
  readonly namespace: string;
  readonly name: string;
  /** Resources of which more is used than will be allowed: `pods 9 of 5`. Undefined: its use is not known. */
  readonly below?: readonly string[];
}

/** One and the same cut of the quotas of a project class. */
export interface QuotaCut {
  /** Class of the projects; empty: of no project. */
  readonly projectClass: string;
  /** Every resource that is cut: `requests.cpu 8 → 4`. */
  readonly resources: readonly string[];
  readonly namespaces: readonly CutNamespace[];
}

/** Whether a cut leaves a namespace with less than it uses, as far as that is known. */
export const isBelowUse = ({ namespaces }: QuotaCut): boolean =>
  namespaces.some(({ below }) => below === undefined || below.length > 0);

/** Namespaces below their use that a sentence names. */
const NAMED = 5;

/** The cut as a sentence: whose, what, how many namespaces it touches and which are then below their use. */
export function describeCut({ projectClass, resources, namespaces }: QuotaCut, named = NAMED): string {
  const whose = projectClass === '' ? 'of no class' : `class ${quoted(projectClass)}`;
  const below = namespaces.filter((namespace) => namespace.below !== undefined && namespace.below.length > 0);
  const unknown = namespaces.filter((namespace) => namespace.below === undefined).length;
  const who = below.slice(0, named).map((one) => `${quoted(one.namespace)} (${(one.below ?? []).join(', ')})`);
  const rest = below.length > who.length ? [`${count(below.length - who.length)} more`] : [];
  const known = `${counted(below.length, 'namespace')} below use${who.length === 0 ? '' : `: ${[...who, ...rest].join(', ')}`}`;
  const uses = [
    ...(unknown === namespaces.length ? [] : [known]),
    ...(unknown === 0 ? [] : [unknown === namespaces.length ? 'use unknown' : `use of ${count(unknown)} unknown`]),
  ].join('; ');
  return `${whose}: ${resources.join(', ')} in ${counted(namespaces.length, 'namespace')}; ${uses}`;
}

/** Every cut of a quota, equal ones of a class together, largest first. */
export function quotaCuts(changes: readonly ObjectChange[], after: ClusterIndex, usage: Usage): QuotaCut[] {
  const classes = changes.some(isQuota) ? classByProject(after) : new Map<string, string>();
  const cuts = new Map<string, { projectClass: string; resources: string[]; namespaces: CutNamespace[] }>();
  // The quota of a namespace that is made with it cuts nobody's.
  const made = new Set(
    changes.filter(({ op, kind }) => op === 'create' && kind === '/Namespace').map(({ name }) => name),
  );
  for (const change of changes.filter(isQuota)) {
    const [was, is] = [change.before, change.after].map((quota) => fields(at(quota, 'spec', 'hard')));
    if (is === undefined || change.after === undefined || made.has(change.namespace)) continue;
    const cut = Object.keys(is)
      .sort(compareText)
      .filter((name) => amount(is[name]) < amount(was?.[name], Number.POSITIVE_INFINITY));
    if (cut.length === 0) continue;
    const resources = cut.map((name) => `${name} ${String(was?.[name] ?? 'without limit')} → ${String(is[name])}`);
    const projectClass = classes.get(change.source) ?? '';
    const key = JSON.stringify([projectClass, resources]);
    const group = cuts.get(key) ?? { projectClass, resources, namespaces: [] };
    group.namespaces.push(compared(change, is, usage));
    cuts.set(key, group);
  }
  return [...cuts.values()].sort(
    (a, b) => b.namespaces.length - a.namespaces.length || compareText(a.projectClass, b.projectClass),
  );
}

const isQuota = ({ kind }: ObjectChange): boolean => kind === '/ResourceQuota';

function compared(
  { namespace, name }: ObjectChange,
  hard: Readonly<Record<string, unknown>>,
  usage: Usage,
): CutNamespace {
  const used = usage.get(usageKey(namespace, name));
  if (used === undefined) return { namespace, name };
  const below = Object.keys(hard)
    .filter((resource) => amount(used[resource], 0) > amount(hard[resource]))
    .sort(compareText)
    .map((resource) => `${resource} ${used[resource]} of ${String(hard[resource])}`);
  return { namespace, name, below };
}

function amount(value: unknown, absent = 0): number {
  if (value === undefined) return absent;
  const text = String(value);
  return QUANTITY_PATTERN.test(text) ? parseQuantity(text) : Number(text);
}

function classByProject(cluster: ClusterIndex): Map<string, string> {
  return new Map(
    cluster
      .ofKind(`${DOMAIN}/${PROJECT_API.kind}`)
      .map(({ object }) => [
        String(at(object, 'spec', 'gerritName')),
        String(at(object, 'spec', 'class') ?? 'default'),
      ]),
  );
}
