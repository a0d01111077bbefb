import { createCipheriv, createDecipheriv, pbkdf2 as pbkdf2WithCallback, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const pbkdf2 = promisify(pbkdf2WithCallback);

/** Fixed by the Pulumi CLI's passphrase secrets provider, version 1. */
const ITERATIONS = 1_000_000;
const SALT_BYTES = 8;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What a salt carries in encrypted form, so that a wrong passphrase is noticed. */
const PROBE = 'pulumi';

/** Encrypts values as `pulumi config set --secret` does. */
export interface SecretsCrypter {
  /** The stack configuration's `encryptionsalt`. */
  readonly salt: string;
  /** Text for a `secure:` entry. */
  encrypt(value: string): string;
}

/**
 * The CLI's own passphrase encryption (AES-256-GCM under a PBKDF2 key), for many values at once: the CLI takes a second
 * for each, or all of them on its command line, where every user of the machine can read them.
 *
 * @param salt an `encryptionsalt` to go on with; a new one when undefined
 * @throws when the passphrase is not the one `salt` was made with
 */
export async function passphraseCrypter(passphrase: string, salt?: string): Promise<SecretsCrypter> {
  const [, encodedSalt = '', ...probe] = salt?.split(':') ?? [];
  const saltBytes = salt === undefined ? randomBytes(SALT_BYTES) : Buffer.from(encodedSalt, 'base64');
  const key = await pbkdf2(passphrase, saltBytes, ITERATIONS, KEY_BYTES, 'sha256');
  const encrypt = (value: string): string => seal(key, value);
  if (salt === undefined) return { salt: `v1:${saltBytes.toString('base64')}:${encrypt(PROBE)}`, encrypt };
  if (open(key, probe.join(':')) !== PROBE) throw new Error("the stack's secrets were made with another passphrase");
  return { salt, encrypt };
}

function seal(key: Buffer, value: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString('base64')}:${sealed.toString('base64')}`;
}

function open(key: Buffer, text: string): string | undefined {
  const [, nonce = '', sealed = ''] = text.split(':');
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return decipher.update(bytes.subarray(0, -TAG_BYTES)).toString('utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
