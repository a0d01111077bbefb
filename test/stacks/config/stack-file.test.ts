import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_KEYS } from '../../../stacks/config/secrets';
import { readStack, readStackFile } from '../../../stacks/config/stack-file';

const PROJECT_YAML = `
name: seakeeper
config:
  seakeeper:layers: { type: array, items: { type: string }, default: [foundation, system, ui] }
  seakeeper:machines: { type: array, items: { type: object }, default: [] }
  seakeeper:gerrit: { type: object }
  seakeeper:gerritSshKey: { type: string, secret: true }
`;

const readRepository = (path: string) => readFileSync(join(__dirname, '../../..', path), 'utf8');

describe('a stack file', () => {
  test('says what the stack file says, else the default of Pulumi.yaml', () => {
    const raw = readStackFile('config:\n  seakeeper:layers: [ui]\n', PROJECT_YAML);

    expect(raw).toEqual({ layers: ['ui'], machines: [] });
  });

  test('is read without its secrets, encrypted or not', () => {
    const secrets = SECRET_KEYS.map((key, index) =>
      index % 2 === 0 ? `  seakeeper:${key}: { secure: v1:AAAA:BBBB }` : `  seakeeper:${key}: PLAIN`,
    );

    const raw = readStackFile(`encryptionsalt: v1:x\nconfig:\n${secrets.join('\n')}\n`, PROJECT_YAML);

    expect(JSON.stringify(raw)).not.toMatch(/secure|PLAIN/);
    expect(raw).toEqual({ layers: ['foundation', 'system', 'ui'], machines: [] });
  });

  test("keys of other namespaces are not the program's", () => {
    const raw = readStackFile('config:\n  kubernetes:context: production\n  seakeeper:machines: []\n', PROJECT_YAML);

    expect(raw).toEqual({ layers: ['foundation', 'system', 'ui'], machines: [] });
  });

  test('a misspelt key is kept, so that the schema names it', () => {
    const raw = readStackFile('config:\n  seakeeper:machine: []\n', PROJECT_YAML);

    expect(raw).toHaveProperty('machine');
  });

  test('without any configuration it is the defaults', () => {
    expect(readStackFile('', PROJECT_YAML)).toEqual({ layers: ['foundation', 'system', 'ui'], machines: [] });
  });

  test('that is not there is named, with its stack', () => {
    expect(() => readStack('prod', readRepository)).toThrow(
      /^stack 'prod' is none here, for it has no Pulumi\.prod\.yaml/,
    );
  });

  test('the ci stack is planned from its files alone', () => {
    const { config, requirement } = readStack('ci', readRepository);

    expect(config.projects.length).toBeGreaterThan(0);
    expect(Object.keys(requirement.quotas)).toEqual(Object.keys(config.classes));
  });
});
