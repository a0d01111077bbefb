import { parseNumber } from '../../core/permalink';

/** A change, or one patch set of it. */
export interface ChangeNumber {
  readonly change: number;
  readonly patchSet?: number;
}

/** What a person means by `1234` or `1234,2`. Throws with what is allowed. */
export function parseChange(text: string): ChangeNumber {
  const [change = '', patchSet, ...more] = text.split(',');
  const number = parseNumber(change);
  const ofPatchSet = patchSet === undefined ? undefined : parseNumber(patchSet);
  if (number === undefined || more.length > 0 || (patchSet !== undefined && ofPatchSet === undefined)) {
    throw new Error(`'${text}' is no change; name it by number, and a patch set behind a comma: 1234 or 1234,2`);
  }
  return ofPatchSet === undefined ? { change: number } : { change: number, patchSet: ofPatchSet };
}
