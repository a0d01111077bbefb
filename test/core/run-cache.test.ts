import fc from 'fast-check';
import { CacheOwner, cacheKey, cacheKeyPattern } from '../../core/run-cache';

const toWrite = new RegExp(cacheKeyPattern(CacheOwner.self));
const toRead = new RegExp(cacheKeyPattern(CacheOwner.self, CacheOwner.reviewed));
const PREFIX = '{{workflow.namespace}}/_cache/';

test('a run reads its own caches and those of reviewed code, and writes its own', () => {
  const [own, reviewed] = [CacheOwner.self, CacheOwner.reviewed].map((owner) =>
    cacheKey(owner, 'npm-{{inputs.parameters.key}}'),
  );

  expect([own, reviewed].map((key) => toRead.test(key ?? ''))).toEqual([true, true]);
  expect([own, reviewed].map((key) => toWrite.test(key ?? ''))).toEqual([true, false]);
});

test.each([
  'ci-other/_cache/{{workflow.serviceAccountName}}/x',
  '{{workflow.namespace}}/{{workflow.name}}/x',
  `${PREFIX}runner-pre-review/x`,
  `${PREFIX}{{workflow.serviceAccountName}}/`,
  `${PREFIX}{{workflow.serviceAccountName}}/a/b`,
  `${PREFIX}{{inputs.parameters.owner}}/x`,
  `${PREFIX}{{workflow.serviceAccountName}}/{{workflow.serviceAccountName}}`,
  `x${PREFIX}{{workflow.serviceAccountName}}/x`,
])('%s is no key of a cache', (key) => {
  expect(toRead.test(key)).toBe(false);
});

test('whatever is behind the owner, a key that may be written is one name below the folder of who runs', () => {
  const piece = fc.constantFrom(
    '/',
    '..',
    'runner-post-review',
    '{{inputs.parameters.a}}',
    '{{workflow.name}}',
    'x',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const name = pieces.join('');
      fc.pre(toWrite.test(cacheKey(CacheOwner.self, name)));
      expect(name).toMatch(/^([a-z.-]|\{\{inputs\.parameters\.a\}\})+$/);
    }),
  );
});
