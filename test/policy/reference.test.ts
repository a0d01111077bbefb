import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderPolicyReference } from '../../policy/render-reference';
import { RULES } from '../../policy/rules';

test('docs/reference/policies.md is as the rules say; `npm run policy -- --reference` writes it', () => {
  const page = readFileSync(join(__dirname, '../../docs/reference/policies.md'), 'utf8');

  expect(page).toBe(renderPolicyReference(RULES));
});
