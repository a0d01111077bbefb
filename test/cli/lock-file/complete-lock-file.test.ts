import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeLockFile, LockFile } from '../../../cli/lock-file/complete-lock-file';

const lockWith = (optionalDependencies: Record<string, string>, more: LockFile['packages'] = {}): LockFile => ({
  packages: { '': {}, 'node_modules/tool': { version: '1.0.0', dev: true, optionalDependencies }, ...more },
});

test('the lock file of this project is complete, so that npm ci takes it', () => {
  const lock = LockFile.parse(JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'package-lock.json'), 'utf8')));

  expect(Object.keys(completeLockFile(lock).packages)).toEqual(Object.keys(lock.packages));
});

test('a build for another platform gets an entry that keeps it from being installed here', () => {
  const { packages } = completeLockFile(
    lockWith({ '@tool/bin-linux-x64-musl': '1.0.0', '@tool/darwin-arm64': '1.0.0' }),
  );

  expect(packages['node_modules/@tool/bin-linux-x64-musl']).toEqual({
    version: '1.0.0',
    cpu: ['x64'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
  expect(packages['node_modules/@tool/darwin-arm64']).toMatchObject({ cpu: ['arm64'], os: ['darwin'] });
});

test('what is there is left as it is, beside its parent or above it', () => {
  const nested = { 'node_modules/tool/node_modules/dep-linux-x64': { version: '1.0.0' }, 'node_modules/other-x64': {} };
  const lock = lockWith({ 'dep-linux-x64': '1.0.0', 'other-x64': '2.0.0' }, nested);

  expect(Object.keys(completeLockFile(lock).packages).sort()).toEqual(Object.keys(lock.packages).sort());
});

test.each([
  ['fsevents', '2.3.3'],
  ['dep-linux-x64', '^1.0.0'],
])('throws for %s@%s, which is no build for one platform at one version', (name, version) => {
  expect(() => completeLockFile(lockWith({ [name]: version }))).toThrow(`${name}@${version} is no build`);
});
