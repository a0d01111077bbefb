/** Something the person at the keyboard can mend. The message is one line: what is wrong; how to mend it. */
export class CureError extends Error {
  override readonly name = 'CureError';

  constructor(problem: string, cure: string, options?: ErrorOptions) {
    super(`${problem}; ${cure}`, options);
  }
}
