import { fingerprint, hostKeyAlgorithms, isPinned } from '../../../services/gateway/ssh-host-key';

const key = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAILy3xT8iuJaikBl4ufQLImkK4il5cAhXVbU2oB9LBty/', 'base64');
const line = `ssh-ed25519 ${key.toString('base64')}`;

describe('host key', () => {
  test('is taken when it is one of the pinned', () => {
    expect(isPinned(key, ['ssh-rsa AAAA', line])).toBe(true);
  });

  test('is refused when it is not, by a bit or at all', () => {
    const other = Buffer.from(key);
    other[40] = (other[40] ?? 0) ^ 1;

    expect(isPinned(other, [line])).toBe(false);
    expect(isPinned(Buffer.alloc(0), [line, 'ssh-ed25519 ='])).toBe(false);
    expect(isPinned(key, [])).toBe(false);
  });

  test('is asked for in the pinned types only', () => {
    expect(hostKeyAlgorithms([line, line, 'ssh-rsa AAAA'])).toEqual(['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256']);
  });

  test('throws when no pinned type is known, naming those that are', () => {
    expect(() => hostKeyAlgorithms(['ssh-dss AAAA'])).toThrow(/no key of a known type; allowed are ssh-ed25519, /);
  });

  test('is shown as OpenSSH shows it', () => {
    expect(fingerprint(Buffer.from('a'))).toBe('SHA256:ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs');
  });
});
