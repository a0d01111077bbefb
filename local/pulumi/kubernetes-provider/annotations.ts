import { type JsonObject, valueAt } from './json';

/** Upstream's annotations that steer the provider for one object. */
export const Annotation = {
  skipAwait: 'pulumi.com/skipAwait',
  timeoutSeconds: 'pulumi.com/timeoutSeconds',
  patchForce: 'pulumi.com/patchForce',
  patchFieldManager: 'pulumi.com/patchFieldManager',
  deletionPropagationPolicy: 'pulumi.com/deletionPropagationPolicy',
  replaceUnready: 'pulumi.com/replaceUnready',
} as const;

/** Text of an annotation in a resource's inputs. */
export function annotation(inputs: JsonObject, name: string): string | undefined {
  const value = valueAt(inputs, ['metadata', 'annotations', name]);
  return typeof value === 'string' ? value : undefined;
}

export const isSet = (inputs: JsonObject, name: string): boolean => annotation(inputs, name) === 'true';

const DEFAULT_TIMEOUT_SECONDS = 600;

/** How long to wait for an object: the resource's own timeout option, else the annotation, else ten minutes. Milliseconds. */
export function timeoutMs(inputs: JsonObject, customTimeoutSeconds: number): number {
  const annotated = Number(annotation(inputs, Annotation.timeoutSeconds));
  const seconds = customTimeoutSeconds || annotated || DEFAULT_TIMEOUT_SECONDS;
  return seconds * 1000;
}
