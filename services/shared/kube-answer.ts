import type { Dispatcher } from 'undici';
import { messageOf, TransientError } from './errors';
import { NotLeaderError } from './fence';
import { KubeError, parseKubeError } from './kube-error';

/** Reads a refusal to its end and throws it as a `KubeError`. `call` is what was asked, such as `GET /readyz`. */
export async function throwUnlessOk(call: string, response: Dispatcher.ResponseData): Promise<void> {
  if (response.statusCode >= 200 && response.statusCode < 300) {
    return;
  }
  const retryAfter = response.headers['retry-after'];
  throw parseKubeError(
    call,
    response.statusCode,
    await response.body.text(),
    Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
  );
}

/** What broke a call, as one of the errors a caller knows. */
export function asTransient(call: string, error: unknown): Error {
  if (error instanceof KubeError || error instanceof NotLeaderError || error instanceof TransientError) {
    return error;
  }
  const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
  return new TransientError(`${call}: ${messageOf(error)}${cause}`, { cause: error });
}
