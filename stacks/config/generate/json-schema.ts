import { z } from 'zod';
import { ClusterConfig } from '../schema';
import { SECRETS } from '../secrets';

/** A JSON Schema node, as far as one of stack config has it. */
export interface SchemaNode {
  /** A definition that stands in many places: `#/definitions/pattern`. */
  readonly $ref?: string | undefined;
  /** One such, where something is said beside it. */
  readonly allOf?: readonly SchemaNode[] | undefined;
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly items?: SchemaNode | undefined;
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  readonly additionalProperties?: boolean | SchemaNode | undefined;
  readonly propertyNames?: SchemaNode | undefined;
  readonly oneOf?: readonly SchemaNode[] | undefined;
  readonly anyOf?: readonly SchemaNode[] | undefined;
  readonly required?: readonly string[] | undefined;
  readonly minimum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly minItems?: number | undefined;
  readonly minLength?: number | undefined;
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
  /** What a person reads when the pattern does not match; editors know it beside the standard's own words. */
  readonly patternErrorMessage?: string | undefined;
}

const Node: z.ZodType<SchemaNode> = z.lazy(() =>
  z.looseObject({
    $ref: z.string().optional(),
    allOf: z.array(Node).optional(),
    type: z.string().optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    items: Node.optional(),
    properties: z.record(z.string(), Node).optional(),
    additionalProperties: z.union([z.boolean(), Node]).optional(),
    propertyNames: Node.optional(),
    oneOf: z.array(Node).optional(),
    anyOf: z.array(Node).optional(),
    required: z.array(z.string()).optional(),
    minimum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMaximum: z.number().optional(),
    minItems: z.number().optional(),
    minLength: z.number().optional(),
    format: z.string().optional(),
    pattern: z.string().optional(),
    patternErrorMessage: z.string().optional(),
  }),
);

/** Draft 7: the newest that yaml-language-server supports in full. */
const DRAFT = 'draft-7';
/** zod writes the widest integers it can count as bounds; they tell people nothing. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

const Whole = z.object({ properties: z.record(z.string(), Node), definitions: z.record(z.string(), Node).default({}) });

/** JSON Schema of each key of stack config, secrets aside, as people write it: what has a default may be left out. */
export const keySchemas = (): Record<string, SchemaNode> => wholeSchema().properties;

function wholeSchema(): z.infer<typeof Whole> {
  return Whole.parse(
    z.toJSONSchema(ClusterConfig, {
      io: 'input',
      target: DRAFT,
      override: ({ zodSchema, jsonSchema }) => {
        if (jsonSchema.minimum === -UNBOUNDED) delete jsonSchema.minimum;
        if (jsonSchema.maximum === UNBOUNDED) delete jsonSchema.maximum;
        const message = patternMessage(zodSchema);
        if (jsonSchema.pattern !== undefined && message !== undefined) jsonSchema['patternErrorMessage'] = message;
      },
    }),
  );
}

/** The schema of a stack file, `Pulumi.<stack>.yaml`, for editors. Keys of other programs are let pass. */
export function stackFileSchema() {
  const secret = (description: string) => ({
    description: `${description} Set with \`pulumi config set --secret\`.`,
    type: 'object',
    properties: { secure: { type: 'string' } },
    required: ['secure'],
    additionalProperties: false,
  });
  const { properties, definitions } = wholeSchema();
  const ours = { ...properties, ...mapValues(SECRETS, secret) };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Generated from stacks/config/schema.ts by `npm run generate:config`; a test compares.',
    title: "A stack's configuration",
    type: 'object',
    properties: {
      config: {
        type: 'object',
        properties: Object.fromEntries(Object.entries(ours).map(([key, node]) => [`seakeeper:${key}`, node])),
        patternProperties: { '^(?!seakeeper:)': {} },
        additionalProperties: false,
      },
    },
    definitions,
  };
}

/** The message of a string's own pattern: zod knows it and leaves it out. */
function patternMessage(schema: z.core.$ZodType): string | undefined {
  for (const check of schema._zod.def.checks ?? []) {
    const { check: kind, error }: { check: string; error?: unknown } = check._zod.def;
    if (kind === 'string_format' && typeof error === 'function') {
      const said: unknown = error({ code: 'invalid_format', format: 'regex', input: '' });
      return typeof said === 'string' ? said : undefined;
    }
  }
  return undefined;
}

const mapValues = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
