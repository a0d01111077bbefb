import { PROJECTS } from './cluster-object';
import { findAdmissionLoosening } from './dangers/admission';
import { findPriorityChanges, findStorageChanges } from './dangers/classes';
import { findCrdChanges } from './dangers/crds';
import { DANGER_KINDS, type Danger, type DangerContext, type DangerKind, type DangerRule } from './dangers/danger';
import { findDeletes, findReplacements } from './dangers/deletes';
import { findForeignImages } from './dangers/images';
import { findNetworkWidening } from './dangers/network';
import { findPodSecurity } from './dangers/pod-security';
import { findPodPrivileges } from './dangers/privileges';
import { findRbacWidening } from './dangers/rbac';
import { findSecretReferences } from './dangers/secret-references';
import { findTrustWidening } from './dangers/trust';
import { compareText, groupBy } from './json';
import type { ObjectChange } from './object-change';
import { describeCut, isBelowUse, type QuotaCut } from './quota-cuts';
import { toldByNamespace } from './whole-namespaces';

const RULES: readonly DangerRule[] = [
  findDeletes,
  findReplacements,
  findTrustWidening,
  findRbacWidening,
  findSecretReferences,
  findNetworkWidening,
  findPodPrivileges,
  findPodSecurity,
  findAdmissionLoosening,
  findForeignImages,
  findCrdChanges,
  findPriorityChanges,
  findStorageChanges,
];

/**
 * Every danger of the changes. What a new project's namespace shares with those that are there is none, nor is what goes
 * with a namespace that is deleted: that is the namespace's.
 */
export function findDangers(changes: readonly ObjectChange[], context: DangerContext): Danger[] {
  const told = toldByNamespace(changes);
  return changes
    .filter((change) => !isKnown(change, context) && !(change.op === 'delete' && told(change)))
    .flatMap((change) => RULES.flatMap((rule) => rule(change, context)));
}

const isKnown = ({ op, origin, after }: ObjectChange, { before }: DangerContext): boolean =>
  op === 'create' && origin === PROJECTS && after !== undefined && before.hasTwin(after);

/** Quota cuts as dangers: below use, or by a use that nobody knows. */
export const quotaDangers = (cuts: readonly QuotaCut[]): Danger[] =>
  cuts.filter(isBelowUse).map((cut) => ({ kind: 'quota', what: describeCut(cut) }));

/** Equal dangers of several objects. */
export interface DangerGroup {
  readonly kind: DangerKind;
  readonly what: string;
  /** By kind and name: the namespaces, with what is peculiar to each. */
  readonly objects: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespaces: readonly { readonly namespace: string; readonly note?: string }[];
  }[];
}

/** Dangers in the order of their kinds, equal ones together; the same order from the same dangers. */
export function groupDangers(dangers: readonly Danger[]): DangerGroup[] {
  const groups = groupBy(dangers, ({ kind, what }) => JSON.stringify([kind, what]));
  return [...groups.values()]
    .flatMap(groupOf)
    .sort((a, b) => DANGER_KINDS.indexOf(a.kind) - DANGER_KINDS.indexOf(b.kind) || compareText(order(a), order(b)));
}

/** What holds for the whole cluster first, then by object. */
const order = ({ objects, what }: DangerGroup): string =>
  `${objects.some(({ namespaces }) => namespaces.some(({ namespace }) => namespace === '')) ? 0 : 1} ${objects[0]?.kind} ${objects[0]?.name} ${what}`;

function groupOf(dangers: readonly Danger[]): DangerGroup[] {
  const [first] = dangers;
  if (first === undefined) return [];
  const objects = groupBy(
    dangers.flatMap(({ object, note }) => (object === undefined ? [] : [{ ...object, note }])),
    ({ kind, name }) => JSON.stringify([kind, name]),
  );
  return [
    {
      kind: first.kind,
      what: first.what,
      objects: [...objects.values()]
        .flatMap((same) => {
          const [{ kind, name } = { kind: '', name: '' }] = same;
          const namespaces = same
            .map(({ namespace, note }) => ({ namespace, ...(note === undefined ? {} : { note }) }))
            .sort((a, b) => compareText(a.namespace, b.namespace));
          return [{ kind, name, namespaces }];
        })
        .sort((a, b) => compareText(`${a.kind} ${a.name}`, `${b.kind} ${b.name}`)),
    },
  ];
}
