import { isObject, type Json, type JsonObject, type Path, without } from './json';
import { encodeProperties, type PropertyValues, secretsInOutput } from './property-values';

/** Members of a resource's state that upstream's provider keeps beside the object. */
export const StateKey = {
  inputs: '__inputs',
  fieldManager: '__fieldManager',
  initialApiVersion: '__initialApiVersion',
} as const;

const SECRET_DATA: readonly Path[] = [['data'], ['stringData']];

/** Where an object's secrets are: where its inputs have them, and all data of a Secret whether or not the program said so. */
function secretPaths(object: JsonObject, inputSecrets: readonly Path[]): Path[] {
  return object['kind'] === 'Secret' ? [...inputSecrets, ...SECRET_DATA] : [...inputSecrets];
}

/** Inputs with their secrets marked, as the engine is to keep them. */
export const encodeInputs = (inputs: PropertyValues): JsonObject =>
  encodeProperties(inputs.value, secretPaths(inputs.value, inputs.secrets));

/**
 * What the engine keeps of an object, in upstream's form: the object as the server has it, and beside it the inputs it was
 * made from and the field manager that owns them. Secret inputs stay secret in both.
 */
export function checkpoint(object: JsonObject, inputs: PropertyValues, fieldManager: string): JsonObject {
  const metadata = object['metadata'];
  const kept: Record<string, Json> = {
    ...object,
    // Who set which field is the server's to know; it would be half of every state file.
    ...(isObject(metadata) ? { metadata: without(metadata, 'managedFields') } : {}),
    [StateKey.inputs]: inputs.value,
    [StateKey.fieldManager]: fieldManager,
    [StateKey.initialApiVersion]: inputs.value['apiVersion'] ?? '',
  };
  const live = secretPaths(object, secretsInOutput(inputs.secrets));
  const recorded = secretPaths(inputs.value, inputs.secrets).map((path): Path => [StateKey.inputs, ...path]);
  return encodeProperties(kept, [...live, ...recorded]);
}
