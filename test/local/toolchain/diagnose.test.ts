import { diagnose } from '../../../local/toolchain/diagnose';

describe('diagnose', () => {
  test.each([
    ['write /cache/x.a: no space left on device', 'free some disk space'],
    ['verifying github.com/a/b@v1.0.0: checksum mismatch', 'do not go on'],
    ['dial tcp: lookup registry.example: no such host', 'a package registry did not answer'],
    ['reading https://registry.example/a/@v/list: 403 Forbidden', 'a package registry did not answer'],
    ['E: Unable to locate package containerd', 'a package registry did not answer'],
    ['E: Could not get lock /var/lib/dpkg/lock-frontend', 'another package installation is running'],
    ['go build: compile: signal: killed', 'out of memory'],
  ])('%s has a cure', (line, cure) => {
    const found = diagnose(`starting\n${line}\nexit status 1\n`);

    expect(found.problem).toBe(line);
    expect(found.cure).toContain(cure);
  });

  test('an unknown cause is the last line, with no cure made up', () => {
    expect(diagnose('compiling\nmain.go:3: undefined: x\n\n')).toEqual({ problem: 'main.go:3: undefined: x' });
  });

  test('silence is said to be silence', () => {
    expect(diagnose('').problem).toBe('it printed nothing');
  });
});
