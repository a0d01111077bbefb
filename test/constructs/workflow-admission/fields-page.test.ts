import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderFieldsPage } from '../../../constructs/workflow-admission/render-fields-page';
import { WORKFLOW_POLICY } from '../../../core/workflow-policy/table';

const page = readFileSync(join(__dirname, '../../../docs/reference/workflow-fields.md'), 'utf8');

test('docs/reference/workflow-fields.md is as the table says; `npm run generate:fields` writes it', () => {
  expect(page).toBe(renderFieldsPage(WORKFLOW_POLICY));
});

test('it has every field of every type', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));

  expect(rows).toHaveLength(Object.values(WORKFLOW_POLICY).flatMap(({ fields }) => Object.keys(fields)).length);
});
