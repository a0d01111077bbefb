import { Counter } from 'prom-client';
import type { Dispatcher } from 'undici';
import { TransientError } from './errors';

/** What a leader may still write: asked before every write, see `KubeClient.fenced`. */
export interface Fence {
  /**
   * Milliseconds in which a write must be over, by a monotonic clock; zero or less when this process leads no more.
   * Nobody else may lead before they are over.
   */
  remainingMs(): number;
  /** No write begins with less than this left, in milliseconds. */
  readonly marginMs: number;
}

/** The write was not sent: this process is not the leader any more, or so nearly not that the write could be late. */
export class NotLeaderError extends Error {
  override readonly name = 'NotLeaderError';
}

const refusedTotal = new Counter({
  name: 'seakeeper_fenced_writes_refused_total',
  help: 'Writes to the API server not sent because the lease was lost or nearly so.',
});

/** A part of what is left, so that a write may wait a little for a connection and still end in time. */
const PART_FOR_ONE_WRITE = 2 / 3;

/** Milliseconds a write that starts now may take, at most `mostMs`. Throws `NotLeaderError`. */
export function allowWrite(fence: Fence, call: string, mostMs: number): number {
  const remaining = fence.remainingMs();
  if (remaining < fence.marginMs || remaining <= 0) {
    refusedTotal.inc();
    throw notLeader(call, remaining);
  }
  return Math.min(mostMs, Math.floor(remaining * PART_FOR_ONE_WRITE));
}

/**
 * Asks the fence again in the very turn in which the request is written to its socket, and writes nothing when
 * `allowedMs` no longer fit into the lease. Between the first question and this one the process may have been stopped
 * for any time: while it waited for a connection, a handshake, or its turn.
 */
export function askAtTheSocket(fence: Fence, call: string, allowedMs: number): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        const refusal = refuse(fence, call, allowedMs);
        if (refusal === undefined) {
          handler.onRequestStart?.(controller, context);
          return;
        }
        refusedTotal.inc();
        controller.abort(refusal);
      },
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
}

function refuse(fence: Fence, call: string, allowedMs: number): Error | undefined {
  const remaining = fence.remainingMs();
  if (remaining < fence.marginMs || remaining <= 0) {
    return notLeader(call, remaining);
  }
  return remaining < allowedMs
    ? new TransientError(`${call}: not sent, it waited too long for a connection`)
    : undefined;
}

function notLeader(call: string, remainingMs: number): NotLeaderError {
  const why = remainingMs > 0 ? `the lease has only ${Math.round(remainingMs)} ms left` : 'this process leads no more';
  return new NotLeaderError(`${call}: not sent, ${why}`);
}
