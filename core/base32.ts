import { createHash } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** The first `length` characters of base32(sha256(text)), lower case (RFC 4648 alphabet): DNS-safe, 5 bits a character. */
export function shortHash(text: string, length: number): string {
  let bits = 0;
  let buffer = 0;
  let out = '';
  for (const byte of createHash('sha256').update(text, 'utf8').digest()) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET.charAt((buffer >> bits) & 31);
    }
  }
  return out.slice(0, length);
}
