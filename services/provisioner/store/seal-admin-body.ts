import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';

/** Of the ways MinIO reads, the one that is made of what Node has: PBKDF2 and AES-256-GCM. */
const PBKDF2_AES_256_GCM = 0x02;
const PBKDF2_ROUNDS = 8192;
const TAG_BYTES = 16;
/** One fragment of the stream; what we send fits into one. */
const FRAGMENT_BYTES = 1 << 14;
const LAST_FRAGMENT = 0x80;

/**
 * Seals the body of a request to MinIO's admin API with the caller's secret key, as `madmin.EncryptData` does
 * (madmin-go v3 `encrypt.go`; sio-go v0.3 for the stream): salt, algorithm, nonce, then AES-GCM fragments, each bound to
 * the stream's own tag. Throws for a body of more than one fragment, 16 KiB.
 */
export function sealAdminBody(secretKey: string, body: string): Buffer {
  const plain = Buffer.from(body, 'utf8');
  if (plain.length > FRAGMENT_BYTES) {
    throw new Error(`body has ${plain.length} bytes, allowed are ${FRAGMENT_BYTES}; send less at once`);
  }
  const salt = randomBytes(32);
  const nonce = randomBytes(8);
  const key = pbkdf2Sync(secretKey, salt, PBKDF2_ROUNDS, 32, 'sha256');
  const streamTag = gcm(key, nonce, 0, Buffer.alloc(0), Buffer.alloc(0));
  const associated = Buffer.concat([Buffer.from([LAST_FRAGMENT]), streamTag]);
  return Buffer.concat([salt, Buffer.from([PBKDF2_AES_256_GCM]), nonce, gcm(key, nonce, 1, plain, associated)]);
}

/** AES-256-GCM under the stream's nonce and a fragment's number; ciphertext, then tag. */
function gcm(key: Buffer, nonce: Buffer, fragment: number, plain: Buffer, associated: Buffer): Buffer {
  const full = Buffer.alloc(12);
  nonce.copy(full);
  full.writeUInt32LE(fragment, nonce.length);
  const cipher = createCipheriv('aes-256-gcm', key, full, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}
