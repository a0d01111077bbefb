import { isFields } from './compare-object';

export { type Observation, type ObserveOptions, observeCollection } from '../../shared/observe';

/** A text of an object's metadata, empty when there is none. Cheap: it is asked for every object there is. */
export function metadataField(
  object: unknown,
  field: 'name' | 'namespace' | 'resourceVersion' | 'creationTimestamp',
): string {
  const metadata = isFields(object) ? object['metadata'] : undefined;
  const value = isFields(metadata) ? metadata[field] : undefined;
  return typeof value === 'string' ? value : '';
}
