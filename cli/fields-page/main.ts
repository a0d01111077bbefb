import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderFieldsPage } from '../../constructs/workflow-admission/render-fields-page';
import { WORKFLOW_POLICY } from '../../core/workflow-policy/table';

/** Where the reference page of a Workflow's fields is. */
const FIELDS_PAGE = join(__dirname, '..', '..', 'docs', 'reference', 'workflow-fields.md');

writeFileSync(FIELDS_PAGE, renderFieldsPage(WORKFLOW_POLICY));
process.stdout.write(`${FIELDS_PAGE}\n`);
