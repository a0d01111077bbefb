import { type Difference, isFields } from './compare-object';
import type { ObjectName } from './kinds';

/** Field manager under which the provisioner applies. */
export const FIELD_MANAGER = 'seakeeper-provisioner';

/** What somebody else did to an object of ours. */
export interface Drift {
  readonly object: ObjectName;
  /** Undefined: the object was deleted. */
  readonly fields: readonly string[] | undefined;
  /** Field managers, as the API server knows them: the name of a program, never a person's. */
  readonly managers: readonly string[];
}

const MOST_FIELDS = 5;

/** One line for people: what was changed, by which field manager, and that it is as it was. */
export function describeDrift({ object, fields, managers }: Drift): string {
  const name = `${object.kind}/${object.name}`;
  const by = managers.length === 0 ? '' : ` by ${managers.join(', ')}`;
  if (fields === undefined) return `${name} was deleted${by}; it was made anew`;
  const more = fields.length > MOST_FIELDS ? ` and ${fields.length - MOST_FIELDS} more` : '';
  return `${name}: ${fields.slice(0, MOST_FIELDS).join(', ')}${more} changed${by}; it was put back`;
}

/** Paths as people write them. */
export const fieldsOf = (differences: readonly Difference[]): string[] =>
  differences.map(({ path }) => path.map((key) => (/^[A-Za-z0-9]+$/.test(key) ? `.${key}` : `['${key}']`)).join(''));

/** Everybody but us who says in the object's managedFields that fields of it are theirs; the last one first. */
export function otherManagers(observed: unknown): string[] {
  const metadata = isFields(observed) ? observed['metadata'] : undefined;
  const entries: unknown = isFields(metadata) ? metadata['managedFields'] : undefined;
  const managers = (Array.isArray(entries) ? entries : [])
    .filter(isFields)
    .filter(({ manager, subresource }) => manager !== FIELD_MANAGER && subresource === undefined)
    .sort((one, other) => String(other['time']).localeCompare(String(one['time'])));
  return [...new Set(managers.map(({ manager }) => String(manager)))];
}
