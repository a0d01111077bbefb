import { utils } from 'ssh2';

/** An Ed25519 SSH key pair in OpenSSH's formats. */
export interface KeyPair {
  readonly privateKey: string;
  /** `ssh-ed25519 base64 comment` */
  readonly publicKey: string;
}

/** A length, `ssh-ed25519`, a length and 32 bytes. */
const PUBLIC_KEY_BYTES = 51;

/** Makes a new key pair. */
export function generateKeyPair(comment: string): KeyPair {
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519', { comment });
    const blob = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64');
    // One key in 256 begins with a zero byte, which ssh2 drops; nobody accepts the key then.
    if (blob.length === PUBLIC_KEY_BYTES) return { privateKey: pair.private, publicKey: pair.public };
  }
}

/** A public key without its comment, as host keys are pinned: `type base64`. */
export function withoutComment(publicKey: string): string {
  return publicKey.trim().split(' ').slice(0, 2).join(' ');
}
