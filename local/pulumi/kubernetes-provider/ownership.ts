import type { JsonObject } from './json';
import { idOf, keyOf, ObjectHead } from './kube-object';

/** How an object in the cluster stands to a resource that is to be made. */
export type Standing =
  | { readonly kind: 'absent' }
  /** Its fields are applied under the resource's own name: an earlier run was cut off, or it is being replaced. */
  | { readonly kind: 'ours' }
  | { readonly kind: 'leaving'; readonly uid: string | undefined }
  | { readonly kind: 'foreign' };

export function standingOf(existing: JsonObject | undefined, fieldManager: string): Standing {
  if (existing === undefined) return { kind: 'absent' };
  const { metadata } = ObjectHead.parse(existing);
  if (metadata.deletionTimestamp !== undefined) return { kind: 'leaving', uid: metadata.uid };
  return { kind: metadata.managedFields.some(({ manager }) => manager === fieldManager) ? 'ours' : 'foreign' };
}

/** Why a foreign object is left alone, and what the user can do. */
export const refusalToTakeOver = (type: string, inputs: JsonObject): Error =>
  new Error(
    `exists already and is not this resource's; import it (\`pulumi import ${type} NAME ${idOf(keyOf(inputs))}\`), ` +
      'delete it, or set upsertExistingObjects on the provider',
  );

export const missingTarget = (): Error => new Error('does not exist, so it cannot be patched');
