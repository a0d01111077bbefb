import { createHash } from 'node:crypto';
import { Annotation, annotation } from './annotations';
import { StateKey } from './checkpoint';
import type { JsonObject } from './json';

const HASH_LENGTH = 8;

/**
 * Name under which a resource owns its fields: what the program chose, else the one in its state, else one made from the
 * resource's URN. Upstream draws that one by lot; ours is the same again when an update was cut off before its state was
 * written, so the object is recognised as the resource's own and there is no conflict with itself.
 */
export function fieldManagerOf(urn: string, inputs: JsonObject, state: JsonObject): string {
  const chosen = annotation(inputs, Annotation.patchFieldManager);
  const recorded = state[StateKey.fieldManager];
  if (chosen !== undefined) return chosen;
  if (typeof recorded === 'string' && recorded !== '') return recorded;
  return `pulumi-kubernetes-${createHash('sha256').update(urn).digest('hex').slice(0, HASH_LENGTH)}`;
}
