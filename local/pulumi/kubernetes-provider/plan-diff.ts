import { type Difference, type DifferenceKind, differences } from './compare';
import { isField, knownImmutableFields, type MutabilityOptions, replacingFields, touches } from './immutable-fields';
import { type JsonObject, type Path, pathText, related, valueAt } from './json';
import { objectToApply, withoutServerFields } from './kube-object';
import { touchesSecret, UNKNOWN } from './property-values';

/** What the API server said to a dry run of the new inputs. */
export type DryRun =
  | { readonly kind: 'planned'; readonly live: JsonObject; readonly planned: JsonObject }
  /** Refused, because these fields, in the server's spelling, cannot change. Empty: it did not say which. */
  | { readonly kind: 'immutable'; readonly fields: readonly string[] }
  /** Nothing by that name is there: somebody deleted it. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'not-checked'; readonly reason: string };

export interface DiffFacts {
  /** Inputs at the last update; empty of Pulumi's marks. */
  readonly oldInputs: JsonObject;
  readonly newInputs: JsonObject;
  /** What the object was after the last update. */
  readonly oldState: JsonObject;
  readonly dryRun: DryRun;
  readonly ignoreChanges: readonly string[];
  /** Where the inputs hold secrets: values there are not shown. */
  readonly secrets: readonly Path[];
  readonly mutability: MutabilityOptions;
  /** A patch never replaces what it patches: the object is not its own. */
  readonly patch: boolean;
}

export interface FieldChange {
  readonly path: Path;
  readonly kind: DifferenceKind;
  readonly replaces: boolean;
  /** Seen between the program's old and new text, rather than between the server's object now and then. */
  readonly inInputs: boolean;
}

/** What an update would do. */
export interface PlannedDiff {
  /** By field, as `pathText` spells it. Empty: nothing changes. */
  readonly changes: ReadonlyMap<string, FieldChange>;
  /** Old and new object have the same name, so the old one must go first. */
  readonly deleteBeforeReplace: boolean;
  /** One line each, for the user. */
  readonly notes: readonly string[];
}

/** Says what an update would do, from what the program says and what the server answered. Pure. */
export function planDiff(facts: DiffFacts): PlannedDiff {
  const inputs = differences(facts.oldInputs, facts.newInputs).filter((difference) => !isIgnored(difference, facts));
  const server = serverChanges(facts, inputs).filter((difference) => !isIgnored(difference, facts));
  const changes = new Map<string, FieldChange>();
  const replaces = (path: Path): boolean => !facts.patch && isReplacing(path, facts);
  for (const { path, kind } of server) {
    // What is gone is made anew by an update; there is nothing left to replace.
    const isReplaced = facts.dryRun.kind !== 'gone' && replaces(path);
    changes.set(pathText(path), { path, kind, replaces: isReplaced, inInputs: false });
  }
  for (const { path, kind } of inputs) {
    changes.set(pathText(path), { path, kind, replaces: replaces(path), inInputs: true });
  }
  replaceAllWhenUntold(changes, facts);
  return {
    changes,
    deleteBeforeReplace: IDENTITY_NAMES.every(
      (path) => valueAt(facts.oldInputs, path) === valueAt(facts.newInputs, path),
    ),
    notes: notesOf(facts, server, changes.size > 0),
  };
}

/** The server refused to change the object but named no field of ours: any of the changes may be the reason. */
function replaceAllWhenUntold(changes: Map<string, FieldChange>, { dryRun, patch }: DiffFacts): void {
  if (dryRun.kind !== 'immutable' || patch || [...changes.values()].some(({ replaces }) => replaces)) return;
  for (const [field, change] of changes) changes.set(field, { ...change, replaces: true });
}

const IDENTITY_NAMES: readonly Path[] = [['kind'], ['metadata', 'name'], ['metadata', 'namespace']];

/**
 * Differences between the object as it is and as it would be, at fields the program names or named: what the server
 * does of itself to the others is not the program's change. Those seen in the inputs too are left to them.
 */
function serverChanges(facts: DiffFacts, inputs: readonly Difference[]): Difference[] {
  const { dryRun, oldInputs, newInputs } = facts;
  if (dryRun.kind === 'gone') return Object.keys(newInputs).map((name) => ({ path: [name], kind: 'add' }));
  if (dryRun.kind !== 'planned') return [];
  const ours = [objectToApply(oldInputs), objectToApply(newInputs)];
  return differences(withoutServerFields(dryRun.live), withoutServerFields(dryRun.planned)).filter(
    ({ path }) =>
      ours.some((object) => names(object, path)) && !inputs.some((difference) => covers(difference.path, path)),
  );
}

/** Whether an object says something at `path`, or at the list above it: the server may reorder a list. */
function names(object: JsonObject, path: Path): boolean {
  const list = path.findIndex((step) => typeof step === 'number');
  return valueAt(object, list === -1 ? path : path.slice(0, list)) !== undefined;
}

/** Whether a change in the inputs already tells of the change at `path`; a Secret's `stringData` tells of its `data`. */
function covers(input: Path, path: Path): boolean {
  const [first, ...rest] = input;
  return related(first === 'stringData' ? ['data', ...rest] : input, path);
}

function isReplacing(path: Path, facts: DiffFacts): boolean {
  const { dryRun, newInputs, mutability } = facts;
  if (touches(path, replacingFields(newInputs, mutability))) return true;
  switch (dryRun.kind) {
    case 'immutable':
      return dryRun.fields.length === 0 || dryRun.fields.some((field) => isField(path, field));
    case 'not-checked':
      return touches(path, knownImmutableFields(newInputs));
    default:
      return false;
  }
}

const isIgnored = ({ path }: Difference, facts: DiffFacts): boolean =>
  INTERNAL.has(String(path[0])) ||
  facts.ignoreChanges.some((ignored) => {
    const text = pathText(path);
    return text === ignored || text.startsWith(`${ignored}.`) || text.startsWith(`${ignored}[`);
  });

const INTERNAL = new Set(['__provider', '__defaults', '__inputs', '__fieldManager', '__initialApiVersion']);

function notesOf(facts: DiffFacts, server: readonly Difference[], changed: boolean): string[] {
  const { dryRun } = facts;
  switch (dryRun.kind) {
    case 'gone':
      return ['is not in the cluster any more; it will be made again'];
    case 'not-checked':
      return changed ? [`not checked by the server: ${dryRun.reason}`] : [];
    case 'planned': {
      const drifted = server
        .filter(({ path }) => isDrift(path, facts.oldState, dryRun.live))
        .map(({ path }) => `${pathText(path)}${shownValue(facts, dryRun.live, path)}`);
      return drifted.length === 0 ? [] : [`changed in the cluster since the last update: ${drifted.join(', ')}`];
    }
    default:
      return [];
  }
}

const LONGEST_SHOWN = 60;

/** The value drifted to, where it is short and no secret's. */
function shownValue({ secrets }: DiffFacts, live: JsonObject, path: Path): string {
  const value = valueAt(live, path);
  if (value === undefined || live['kind'] === 'Secret' || touchesSecret(path, secrets)) return '';
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? '' : ` (now ${text})`;
}

const isDrift = (path: Path, oldState: JsonObject, live: JsonObject): boolean =>
  JSON.stringify(valueAt(oldState, path)) !== JSON.stringify(valueAt(live, path));

/** Whether any input is known only to an update. */
export const hasUnknown = (inputs: JsonObject): boolean => JSON.stringify(inputs).includes(`"${UNKNOWN}"`);
