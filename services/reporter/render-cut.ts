/** Gerrit refuses messages and comments over 16 KiB; Zuul stops here, which leaves room for what Gerrit puts in front. Bytes. */
export const MAX_MESSAGE_BYTES = 16_056;
const CUT = '\n... (truncated)';

/** At most what Gerrit takes, cut at the end: the machine-read head stays. */
export function cutToFit(message: string): string {
  const bytes = Buffer.from(message, 'utf8');
  if (bytes.length <= MAX_MESSAGE_BYTES) {
    return message;
  }
  let end = MAX_MESSAGE_BYTES - CUT.length;
  // Not in the middle of a character: bytes 10xxxxxx continue one.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  return bytes.subarray(0, end).toString('utf8') + CUT;
}
