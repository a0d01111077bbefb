import { isStatus } from './api-server';
import { keyText, type ObjectKey } from './kube-object';

/** An error of the API server about one object, with the cure where there is one. */
export function aboutObject(error: unknown, key: ObjectKey): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (isStatus(error, 409) && error.status.reason === 'Conflict' && error.message.includes('conflict')) {
    return new Error(
      `${keyText(key)}: ${error.message.replace(/\n/g, ' ')}; leave these fields out of the program, or take them over ` +
        `with the annotation pulumi.com/patchForce: "true"`,
      { cause: error },
    );
  }
  return new Error(`${keyText(key)}: ${error.message}`, { cause: error });
}
