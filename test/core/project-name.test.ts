import fc from 'fast-check';
import { namespaceForProject, projectObjectName } from '../../core/project-name';

describe('namespaceForProject', () => {
  test('keeps a readable slug and ends in the hash of the exact name', () => {
    expect(namespaceForProject('mediawiki/extensions/VisualEditor')).toMatch(
      /^ci-mediawiki-extensions-visualeditor-[a-z2-7]{10}$/,
    );
  });

  test.each(['../../etc', 'kube-system', 'A'.repeat(200), 'Ünïcode/Прoject', '%2e%2e', 'trailing...', '---', '💥'])(
    'maps the hostile name %j to a DNS label under ci-',
    (project) => {
      const namespace = namespaceForProject(project);

      expect(namespace).toMatch(/^ci-[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      expect(namespace.length).toBeLessThanOrEqual(63);
    },
  );

  test('is one-to-one and inside ci- for whatever a hostile name is made of', () => {
    const hostile = fc.constantFrom(
      ...['../', '..', '/', '.', '...', 'kube-system', 'ci-', 'default', '%2e%2e%2f', '%00', '-', '_', '\u0000', '\n'],
      // Look-alikes of "a" and "admin": Cyrillic, full width, with a combining accent, and one that is invisible.
      ...['a', 'A', 'а', 'ａ', 'a\u0301', 'á', 'admin', 'аdmin', '\u200b', '💥'],
      ...['x'.repeat(200), 'X'.repeat(200), 'ı', 'I', 'i', 'ß', 'SS'],
    );
    const name = fc
      .array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 5 })), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(''))
      .filter((text) => text !== '');

    fc.assert(
      fc.property(name, name, (one, other) => {
        const [first, second] = [namespaceForProject(one), namespaceForProject(other)];

        expect(first).toMatch(/^ci-[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/);
        expect(first === second).toBe(one === other);
      }),
      { numRuns: 2000 },
    );
  });

  test('differs for names that differ only in case or punctuation', () => {
    const names = ['foo/bar', 'foo-bar', 'Foo/Bar', 'foo/bar/', 'foo//bar', 'foo.bar'];

    expect(new Set(names.map(namespaceForProject)).size).toBe(names.length);
  });

  test('is one-to-one over any pair of names', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, other) => {
        expect(namespaceForProject(one) === namespaceForProject(other)).toBe(one === other);
      }),
    );
  });

  test('throws when the name is empty', () => {
    expect(() => namespaceForProject('')).toThrow('project name is empty');
  });

  test('names the Project object like the namespace without its prefix', () => {
    expect(`ci-${projectObjectName('demo')}`).toBe(namespaceForProject('demo'));
  });
});
