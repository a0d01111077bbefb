import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { parse } from 'yaml';
import { z } from 'zod';
import { EXAMPLES } from '../../../stacks/config/examples';
import { keySchemas, stackFileSchema } from '../../../stacks/config/generate/json-schema';
import { GENERATED } from '../../../stacks/config/generate/main';
import { configRows } from '../../../stacks/config/generate/rows';
import { parseClusterConfig } from '../../../stacks/config/parse-config';
import { CONFIG_KEYS, REQUIRED_KEYS } from '../../../stacks/config/schema';
import { SECRET_KEYS } from '../../../stacks/config/secrets';

const ROOT = join(__dirname, '..', '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const rows = Object.entries(keySchemas()).flatMap(([key, node]) => configRows(key, node));

/** Everything in a value, by path as the reference writes it. */
function pathsIn(path: string, value: unknown): string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((entry) => pathsIn(`${path}[]`, entry))];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, entry]) => pathsIn(`${path}.${key}`, entry))];
}

describe('what is generated from the schema of stack config', () => {
  test.each(Object.entries(GENERATED))('%s is as committed; `npm run generate:config` writes it', (file, generate) => {
    expect(generate()).toBe(read(file));
  });

  test('every key has a meaning', () => {
    expect(rows.filter(({ meaning }) => meaning === '').map(({ path }) => path)).toEqual([]);
  });

  test('every key has an example, and together they are a valid configuration', () => {
    const shown = new Set(
      pathsIn('', EXAMPLES).map((path) =>
        path
          .slice(1)
          .replace(/^(images|classes)\.[^.]+/, '$1.<name>')
          .replace(/(^layerStacks|\.labels)\.[^.]+$/, '$1.<name>'),
      ),
    );

    expect(rows.filter(({ path }) => !shown.has(path)).map(({ path }) => path)).toEqual([]);
    expect(() => parseClusterConfig(EXAMPLES)).not.toThrow();
  });
});

const Declared = z.object({
  config: z.record(
    z.string(),
    z.strictObject({
      type: z.enum(['array', 'object', 'string']),
      items: z.object({ type: z.enum(['string', 'object']) }).optional(),
      default: z.unknown().optional(),
      secret: z.literal(true).optional(),
      description: z.string().min(1),
    }),
  ),
});

describe('the config block of Pulumi.yaml', () => {
  const declared = Object.entries(Declared.parse(parse(read('Pulumi.yaml'))).config);
  const keysOf = (entries: typeof declared) => entries.map(([key]) => key.replace('seakeeper:', '')).sort();

  test('declares exactly the keys the program reads, secrets as secret strings', () => {
    const isSecret = ([, { type, secret }]: (typeof declared)[number]) => type === 'string' && secret === true;

    expect(keysOf(declared)).toEqual([...CONFIG_KEYS, ...SECRET_KEYS].sort());
    expect(keysOf(declared.filter(isSecret))).toEqual([...SECRET_KEYS].sort());
  });

  test('has no default for what a stack must say, and one for all the rest: Pulumi asks every stack for a key without', () => {
    const without = declared.filter(([, key]) => key.default === undefined && key.secret === undefined);

    expect(keysOf(without)).toEqual([...REQUIRED_KEYS].sort());
  });
});

describe("the editors' schema", () => {
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
  const validate = ajv.compile(stackFileSchema());
  const complaints = (file: unknown): string[] => {
    validate(file);
    return (validate.errors ?? []).map(({ instancePath, params }: ErrorObject) =>
      [instancePath, ...Object.values(params).map(String)].join(' '),
    );
  };

  test.each(['ci', 'local'])('accepts stack %s, whose file names it', (stack) => {
    const text = read(`Pulumi.${stack}.yaml`);

    expect(text).toMatch(/^# yaml-language-server: \$schema=stacks\/config\/stack-config\.schema\.json\n/);
    expect(complaints(parse(text))).toEqual([]);
  });

  test('marks misspelt keys, values that are not allowed and plain secrets, and leaves other programs their keys', () => {
    expect(
      complaints({
        config: {
          'kubernetes:context': 'x',
          'seakeeper:pipeline': [],
          'seakeeper:layers': ['systm'],
          'seakeeper:classes': { default: { executors: 0 } },
          'seakeeper:natsPassword': 'hunter2',
        },
      }),
    ).toEqual([
      '/config seakeeper:pipeline',
      '/config/seakeeper:layers/0 foundation,system,ui',
      '/config/seakeeper:classes/default/executors > 0',
      '/config/seakeeper:natsPassword object',
    ]);
  });
});
