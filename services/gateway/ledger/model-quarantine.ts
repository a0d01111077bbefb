import type { LedgerRecord } from './model-record';

type QuarantinedRecord = Extract<LedgerRecord, { kind: 'quarantined' }>;

/** Items that are listed; older ones are still in the ledger's segments. */
export const MOST_LISTED = 100;
/** Enough to recognise it by. Bytes. */
const SHOWN_BYTES = 128;

/** Bytes of Gerrit's stream that were no event, for people. */
export interface QuarantinedItem {
  readonly at: string;
  readonly bytes: number;
  /** Of the whole line, or of its head where it was too long to keep. */
  readonly sha256: string;
  readonly why: string;
  /** Its first bytes: printable ASCII as it is, all others as `\xNN`. */
  readonly head: string;
  /** Segment of the ledger that holds it. */
  readonly segment: number;
}

/** The last items that were kept aside. */
export class QuarantineList {
  private items: QuarantinedItem[] = [];

  /** Oldest first. */
  get latest(): readonly QuarantinedItem[] {
    return this.items;
  }

  apply({ at, bytes, sha256, why = 'not said', head }: QuarantinedRecord, segment: number): void {
    this.items.push({ at, bytes, sha256, why, head: escapeBytes(Buffer.from(head, 'base64')), segment });
    if (this.items.length > MOST_LISTED) {
      this.items.shift();
    }
  }

  /** Forgets what lies in segments up to and including `last`. */
  dropThrough(last: number): void {
    this.items = this.items.filter(({ segment }) => segment > last);
  }
}

function escapeBytes(bytes: Buffer): string {
  return [...bytes.subarray(0, SHOWN_BYTES)]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}
