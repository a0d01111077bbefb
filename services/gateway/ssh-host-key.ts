import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';

/** Signature algorithms under which a host key of a type is offered. */
const ALGORITHMS: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** Whether a host's key, as it comes over the wire, is one of the pinned `type base64` lines. */
export function isPinned(key: Buffer, pinned: readonly string[]): boolean {
  return pinned.some((line) => key.length > 0 && key.equals(Buffer.from(line.split(' ')[1] ?? '', 'base64')));
}

/**
 * Algorithms to offer, so that a server with several host keys shows a pinned one. Throws when no pinned key is of a
 * type we know.
 */
export function hostKeyAlgorithms(pinned: readonly string[]): ServerHostKeyAlgorithm[] {
  const algorithms = pinned.flatMap((line) => ALGORITHMS[line.split(' ')[0] ?? ''] ?? []);
  if (algorithms.length === 0) {
    const types = Object.keys(ALGORITHMS).join(', ');
    throw new Error(`gerrit.sshHostKeys: no key of a known type; allowed are ${types}`);
  }
  return [...new Set(algorithms)];
}

/** Fingerprint as OpenSSH prints it: `SHA256:…`. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
