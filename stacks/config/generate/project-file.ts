import { parseDocument } from 'yaml';
import { SECRETS } from '../secrets';
import { keySchemas, type SchemaNode } from './json-schema';

const COMMENT = ' Generated from stacks/config/schema.ts by `npm run generate:config`; a test compares.';

/**
 * `Pulumi.yaml` with its `config:` made from the schema; the rest of the text stays. A key with no default is required of
 * every stack. Throws on a key of a type that the program does not read: Pulumi hands a string on as it is.
 */
export function projectFile(text: string): string {
  const document = parseDocument(text);
  const keys = Object.entries(keySchemas()).map(([key, node]) => [`seakeeper:${key}`, declared(key, node)]);
  const secrets = Object.entries(SECRETS).map(([key, description]) => [
    `seakeeper:${key}`,
    { type: 'string', secret: true, description },
  ]);
  const block = document.createNode(Object.fromEntries([...keys, ...secrets]));
  block.commentBefore = COMMENT;
  document.set('config', block);
  return document.toString({ lineWidth: 0 });
}

function declared(key: string, node: SchemaNode) {
  const { type, items, description } = node;
  if (type !== 'array' && type !== 'object') {
    throw new Error(`key '${key}' of stack config is of type '${type}', allowed are: array, object`);
  }
  return {
    type,
    ...(items?.type === undefined ? {} : { items: { type: items.type } }),
    ...(node.default === undefined ? {} : { default: node.default }),
    description,
  };
}
