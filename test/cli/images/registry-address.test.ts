import { isLoopback, registryAddress } from '../../../cli/images/registry-address';

describe('registryAddress', () => {
  test.each([
    ['quay.io/argoproj/argocli', 'https://quay.io', 'argoproj/argocli'],
    ['docker.io/library/nats', 'https://registry-1.docker.io', 'library/nats'],
    ['docker.io/nats', 'https://registry-1.docker.io', 'library/nats'],
    ['nats', 'https://registry-1.docker.io', 'library/nats'],
    ['alpine/git', 'https://registry-1.docker.io', 'alpine/git'],
    ['registry.example.org:5000/a/b/c', 'https://registry.example.org:5000', 'a/b/c'],
    ['localhost/seakeeper/git', 'http://localhost', 'seakeeper/git'],
    ['127.0.0.1:5000/git', 'http://127.0.0.1:5000', 'git'],
  ])('%s is asked for at %s as %s', (repository, baseUrl, name) => {
    expect(registryAddress({ repository })).toEqual({ baseUrl, name });
  });
});

describe('isLoopback', () => {
  test.each(['localhost', 'localhost:5000', '127.0.0.1', '127.8.8.8:80', '[::1]:5000'])(
    '%s is this machine',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  test.each(['localhost.example.org', '127.0.0.1.example.org', '10.0.0.1:5000', '128.0.0.1', 'example.org'])(
    '%s is not',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
