import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { yamlText } from '../../../stacks/render/yaml-text';

const object = (fields: Record<string, unknown>) => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'x' },
  ...fields,
});

/** Texts that YAML has opinions about. */
const tricky = fc.constantFrom(
  ...[
    'y',
    'E0',
    'No',
    'on',
    '1',
    '1e3',
    '0x1',
    '2001-01-01',
    '10:30',
    '~',
    '',
    ' ',
    '-',
    'a:',
    'a: b',
    'a #b',
    'a\n',
    'a\n\n b',
  ],
  ...[
    '\n',
    '|',
    '* * * * *',
    '{{x}}',
    '[',
    'é',
    '\t',
    'x-',
    '4Gi',
    '"',
    "'",
    'a\u0001\nbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\nc',
  ],
);
const text = fc.oneof(tricky, fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z0-9_./:-]{1,12}$/));
const leaf = fc.oneof(text, fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(text, tie('tree'), { maxKeys: 4 }),
  ),
}));

describe('YAML of an object', () => {
  test('is what cdk8s writes, to the byte', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const thing = object({ value });

        expect(yamlText(thing)).toBe(Yaml.stringify(thing));
      }),
      { numRuns: 300 },
    );
  });

  test.each([{ list: [] }, { map: {} }, { list: [[], {}, [1, [2]], [{ a: 1, b: [3] }]] }, { map: { y: { n: null } } }])(
    'is what cdk8s writes of %j',
    (fields) => {
      expect(yamlText(object(fields))).toBe(Yaml.stringify(object(fields)));
    },
  );
});
