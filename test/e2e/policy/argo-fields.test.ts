import { readFileSync } from 'node:fs';
import { CLASSIFIED_VERSION, FIELDS_FILE, readArgoFields, schemaFile } from '../../../policy/generate-argo-fields';

test(`the committed list of fields is that of Argo Workflows ${CLASSIFIED_VERSION}, as the pinned module has it`, () => {
  const committed: unknown = JSON.parse(readFileSync(FIELDS_FILE, 'utf8'));

  expect(committed).toEqual(readArgoFields(readFileSync(schemaFile(), 'utf8')));
});
