import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { moduleDirectory } from '../constructs/generate/main';
import { ARGO_WORKFLOWS } from '../constructs/generate/select';

/** Argo Workflows version whose fields `core/workflow-policy/table.ts` classifies: the one the types are made from. */
export const CLASSIFIED_VERSION = ARGO_WORKFLOWS.version;

/** Where the list of its fields is committed. */
export const FIELDS_FILE = join(__dirname, '..', 'core', 'workflow-policy', 'fields.generated.json');

/** Field names of each definition that a Workflow's spec can reach, with the definition a field holds (or its type). */
export type ArgoFields = Record<string, Record<string, string>>;

interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: string | undefined;
  readonly items?: Schema | undefined;
  readonly additionalProperties?: Schema | boolean | undefined;
  readonly properties?: Record<string, Schema> | undefined;
}
const Schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.string().optional(),
    items: Schema.optional(),
    additionalProperties: z.union([z.boolean(), Schema]).optional(),
    properties: z.record(z.string(), Schema).optional(),
  }),
);
const SchemaFile = z.object({ definitions: z.record(z.string(), Schema) });

const ROOT = 'io.argoproj.workflow.v1alpha1.Workflow';

/** The module's own JSON schema in the build cache; it is there once the local cluster was built. */
export const schemaFile = (): string => join(moduleDirectory(ARGO_WORKFLOWS), 'api', 'jsonschema', 'schema.json');

/** Last part of a definition's name; two share `HTTPHeader`, so Kubernetes' own keeps its group there. */
function shortName(definition: string): string {
  const name = definition.split('.').at(-1) ?? definition;
  return name === 'HTTPHeader' && definition.includes('k8s') ? 'core.v1.HTTPHeader' : name;
}

function describe(schema: Schema): string {
  if (schema.$ref !== undefined) {
    return shortName(schema.$ref.split('/').at(-1) ?? '');
  }
  if (schema.type === 'array') {
    return `${describe(schema.items ?? {})}[]`;
  }
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
    return `map of ${describe(schema.additionalProperties)}`;
  }
  return schema.type ?? 'any';
}

function* references(schema: Schema): Generator<string> {
  if (schema.$ref !== undefined) {
    yield schema.$ref.split('/').at(-1) ?? '';
  }
  const parts = [schema.items, schema.additionalProperties, ...Object.values(schema.properties ?? {})];
  for (const part of parts) {
    if (typeof part === 'object') {
      yield* references(part);
    }
  }
}

/** Reads the fields from a schema file's text. */
export function readArgoFields(text: string): ArgoFields {
  const { definitions } = SchemaFile.parse(JSON.parse(text));
  const fields: ArgoFields = {};
  const waiting = [ROOT];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const definition = definitions[name];
    const short = shortName(name);
    if (definition === undefined || fields[short] !== undefined || short === 'WorkflowStatus') {
      continue;
    }
    const properties = Object.entries(definition.properties ?? {});
    fields[short] =
      properties.length === 0
        ? { '': describe(definition) }
        : Object.fromEntries(properties.map(([field, schema]) => [field, describe(schema)]).sort());
    waiting.push(...references(definition));
  }
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (require.main === module) {
  const file = schemaFile();
  writeFileSync(FIELDS_FILE, `${JSON.stringify(readArgoFields(readFileSync(file, 'utf8')), null, 2)}\n`);
  process.stdout.write(`${FIELDS_FILE} made from ${file}\n`);
}
