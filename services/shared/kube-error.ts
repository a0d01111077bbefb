import { z } from 'zod';

/** One reason why the API server refused; for an apply conflict one a field, with its owner named in `message`. */
export interface KubeCause {
  /** Kubernetes' own word, such as `FieldManagerConflict`. */
  readonly reason?: string | undefined;
  readonly field?: string | undefined;
  readonly message?: string | undefined;
}

/** An answer of the API server that is not a success. `reason` is Kubernetes' own word, such as `AlreadyExists`. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** How long the server asks us to stay away, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly KubeCause[];

  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    details: { readonly retryAfterMs?: number | undefined; readonly causes?: readonly KubeCause[] | undefined } = {},
  ) {
    super(message);
    this.retryAfterMs = details.retryAfterMs;
    this.causes = details.causes ?? [];
  }
}

const Cause = z.object({ reason: z.string().optional(), field: z.string().optional(), message: z.string().optional() });
const Status = z.object({
  reason: z.string().default('Unknown'),
  message: z.string().default(''),
  details: z.object({ causes: z.array(Cause).default([]), retryAfterSeconds: z.number().optional() }).optional(),
});

/** Text of an answer that is no Status, such as a proxy's page: enough to tell what spoke. */
const MOST_TEXT = 500;

/**
 * An error from a refused request. `call` is what was asked, such as `GET /readyz`; `body` the answer's text;
 * `retryAfter` the header of that name.
 */
export function parseKubeError(call: string, status: number, body: string, retryAfter?: string): KubeError {
  const parsed = Status.safeParse(parseJson(body));
  const { reason, message, details } = parsed.success
    ? parsed.data
    : { reason: 'Unknown', message: body.slice(0, MOST_TEXT), details: undefined };
  return new KubeError(status, reason, `${call}: ${status} ${reason}: ${message}`, {
    retryAfterMs: parseRetryAfter(retryAfter) ?? inMs(details?.retryAfterSeconds),
    causes: details?.causes,
  });
}

/** Seconds only: the API server sends no dates. */
function parseRetryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header) ? Number(header) * 1000 : undefined;
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1000;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** For `catch`: what is not there is undefined; every other error goes on. */
export function unlessGone(error: unknown): undefined {
  if (error instanceof KubeError && error.status === 404) return undefined;
  throw error;
}
