/** Trying the same again later may work: the other side is down, busy or behind. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

/** What a person gave is wrong; trying again changes nothing until they do. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The system is set up wrong or the request can never work; an operator must act. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** Text of anything thrown, for a log field or a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
