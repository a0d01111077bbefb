import { stringify } from 'yaml';
import { EXAMPLES } from '../examples';
import { SECRETS } from '../secrets';
import { keySchemas, type SchemaNode } from './json-schema';
import { type ConfigRow, code, configRows } from './rows';

const HEAD = `<!-- Generated from stacks/config/schema.ts by \`npm run generate:config\`; a test compares. -->

# Stack configuration

Every key of \`Pulumi.<stack>.yaml\` that the program reads. Keys without a default must be set by every stack. A mistake is
answered before anything is changed, all of them in one message: where, what is allowed, what was there, and the name that
was probably meant. \`Pulumi.ci.yaml\` is a whole configuration.

In paths, \`[]\` stands for each entry of a list and \`<name>\` for each name of an object. Editors that read
\`# yaml-language-server: $schema=stacks/config/stack-config.schema.json\` in a stack file's first line complete and check the
keys as they are typed.

What a \`pattern\`, a \`person\`, a \`command\`, a \`requirement\` and a \`rejection\` are is told in [filters.md](filters.md).
`;

/** The reference page of stack config, in Markdown. */
export function referencePage(): string {
  const schemas = Object.entries(keySchemas());
  const index = schemas.map(([key, { description }]) => `- [${code(key)}](#${anchor(key)}) ${description ?? ''}`);
  const sections = schemas.map(([key, node]) => section(key, node));
  return [HEAD, `${index.join('\n')}\n- [Secrets](#secrets)\n`, ...sections, secrets()].join('\n');
}

const anchor = (key: string): string => `seakeeper${key.toLowerCase()}`;

function section(key: string, node: SchemaNode): string {
  const [own, ...rows] = configRows(key, node);
  const example = EXAMPLES[key as keyof typeof EXAMPLES];
  const allowed = own?.allowed === '' ? '' : ` Allowed: ${own?.allowed}.`;
  const fallback = node.default === undefined ? 'Required.' : `Default: ${code(JSON.stringify(node.default))}.`;
  return [
    `## seakeeper:${key}\n`,
    `${node.description ?? ''} A${vowel(own?.type)} ${own?.type}.${allowed} ${fallback}\n`,
    ...(rows.length === 0 ? [] : [`${table(rows)}\n`]),
    ...rows.filter(isLong).map((row) => `Default of ${code(row.path)}:\n\n${yaml(row.default)}`),
    ...(rows.some(isLong) ? ['Example:\n'] : []),
    yaml({ [`seakeeper:${key}`]: example }),
  ].join('\n');
}

const yaml = (value: unknown): string => `\`\`\`yaml\n${stringify(value, { lineWidth: 110 })}\`\`\`\n`;

const LONGEST_IN_TABLE = 80;
const isLong = (row: ConfigRow): boolean => JSON.stringify(row.default ?? null).length > LONGEST_IN_TABLE;

const vowel = (type = ''): string => (/^[aeiou]/.test(type) ? 'n' : '');

function table(rows: readonly ConfigRow[]): string {
  const lines = rows.map((row) => {
    const { path, type, allowed, meaning } = row;
    const cells = [code(path), type, defaultCell(row), allowed || '–', meaning];
    return `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| key | type | default | allowed | meaning |', '|---|---|---|---|---|', ...lines].join('\n');
}

function defaultCell(row: ConfigRow): string {
  if (row.default === undefined) return row.required ? 'required' : '–';
  return isLong(row) ? 'below' : code(JSON.stringify(row.default));
}

function secrets(): string {
  const rows = Object.entries(SECRETS).map(([key, meaning]) => `| ${code(`seakeeper:${key}`)} | ${meaning} |`);
  return [
    '## Secrets\n',
    'Strings, set with `pulumi config set --secret seakeeper:KEY`; none has a default. Kept encrypted in the stack file, read',
    'only by the program, and masked in every preview. Pulumi asks every stack for all of them; one that carries few layers',
    'gives those it never reads any text.\n',
    '| key | what it is |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}
