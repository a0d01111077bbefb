import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPolicy } from '../../cli/policy/check-policy';
import { readStack } from '../../stacks/config/stack-file';
import { stackInputs } from '../../stacks/config/stack-inputs';
import { MINIMAL } from '../stacks/stack-config';

const read = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8');

test('everything stack ci would have in the cluster keeps every rule, each project namespace included', () => {
  const { violations, size } = checkPolicy(readStack('ci', read));

  expect(violations).toEqual([]);
  expect(size.namespaces).toBe(2199 + 5);
});

test('an image that is neither pinned nor acknowledged is refused by name', () => {
  const { violations, unpinned } = checkPolicy(stackInputs({ ...MINIMAL }, read));

  expect(unpinned.join()).toContain('nats (');
  expect(violations).toContainEqual(expect.stringMatching(/^images-pinned: StatefulSet gerrit-gateway\/nats: /));
});
