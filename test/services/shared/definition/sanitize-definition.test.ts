import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { CacheOwner, cacheKey } from '../../../../core/run-cache';
import { sanitizeDefinition } from '../../../../services/shared/definition/sanitize-definition';
import { MAX_FINDINGS } from '../../../../services/shared/definition/sanitize-findings';

const FILE = 'seakeeper/check.yaml';
const HEAD = 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n';
const GOOD = `${HEAD}spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: "busybox:1.36", command: [sh, -c], args: [echo hello]}
`;
/** The good definition with its container's arguments replaced. */
const withArgs = (args: string) => GOOD.replace('echo hello', args);
const findingsOf = (text: string) => {
  const result = sanitizeDefinition(FILE, text);
  return result.ok ? [] : result.error;
};

const EXAMPLES = join(__dirname, '..', '..', '..', '..', 'docs', 'examples');

test.each(readdirSync(EXAMPLES))('the example %s in the documentation is accepted', (name) => {
  const text = readFileSync(join(EXAMPLES, name), 'utf8');

  expect(sanitizeDefinition(FILE, text)).toMatchObject({ ok: true });
});

test('what is accepted comes back as it was written, without what is ours', () => {
  const named = GOOD.replace('spec:', 'metadata: {generateName: x-, labels: {app: x}}\nspec:');

  expect(sanitizeDefinition(FILE, named)).toEqual({
    ok: true,
    value: {
      labels: {},
      annotations: {},
      spec: {
        entrypoint: 'main',
        templates: [
          { name: 'main', container: { image: 'busybox:1.36', command: ['sh', '-c'], args: ['echo hello'] } },
        ],
      },
    },
  });
});

test.each([
  ['nothing', '', 1, 'the file is empty'],
  ['only a comment', '# nothing\n', 1, 'the file is empty'],
  ['broken YAML', 'apiVersion: [\n', 2, 'not valid YAML'],
  ['a tab as indentation', `${HEAD}spec:\n\tentrypoint: x\n`, 4, 'not valid YAML'],
  ['a list', '- a\n', 1, 'the file is a list, allowed are the fields of Workflow'],
  ['a text', 'hello\n', 1, "the file is 'hello', allowed are the fields of Workflow"],
  ['two documents', `${GOOD}---\n${GOOD}`, 8, 'a second document'],
  ['a key twice', `${HEAD}kind: Workflow\n`, 3, 'not valid YAML: Map keys must be unique'],
  ['a merge key', `${HEAD}spec:\n  <<: {entrypoint: x}\n`, 4, 'no field that is known here'],
  ['a custom tag', `${HEAD}spec: !!js/function x\n`, 3, 'not valid YAML'],
  ['a binary tag', withArgs('!!binary aGVsbG8='), 7, 'is not allowed; remove it'],
  ['an older YAML', `%YAML 1.1\n---\n${GOOD}`, 1, '%YAML 1.1 is not allowed'],
  ['an unknown alias', `${HEAD}spec: *nowhere\n`, 3, 'nowhere'],
  [
    'an expression in a script',
    withArgs('"a\\nb {{=1}}"'),
    7,
    "expression '{{=1}}' (line 2 of the text) is not allowed",
  ],
  ['another kind', GOOD.replace('kind: Workflow', 'kind: Pod'), 2, "kind is 'Pod', allowed is 'Workflow'"],
  ['a list of Workflows', GOOD.replace('kind: Workflow', 'kind: WorkflowList'), 2, "allowed is 'Workflow'"],
  ['another API', GOOD.replace('v1alpha1', 'v1'), 1, "allowed is 'argoproj.io/v1alpha1'"],
  ['a key that is no text', `${GOOD}  1: x\n`, 8, 'a key of spec is'],
  ['a NUL', withArgs('a\0b'), 7, 'U+0000 is not text'],
  ['bytes that were no UTF-8', withArgs('a\uFFFDb'), 7, 'U+fffd is not text'],
  ['a number for a text', GOOD.replace('[sh, -c]', '[1]'), 7, "is '1', allowed is text; put it in quotes"],
  ['a map for a list', GOOD.replace('[sh, -c]', '{a: b}'), 7, 'is a map, allowed is a list'],
  ['an empty list item', GOOD.replace('[sh, -c]', '[null]'), 7, 'allowed is text'],
])('%s is refused at its line', (_what, text, line, message) => {
  expect(findingsOf(text)).toContainEqual(
    expect.objectContaining({ path: FILE, line, message: expect.stringContaining(message) }),
  );
});

test('a file of 256 KiB is accepted and one byte more is refused', () => {
  const filler = (size: number) => `${GOOD}${'#'.repeat(size - GOOD.length)}`;

  expect(findingsOf(filler(256 * 1024))).toEqual([]);
  expect(findingsOf(filler(256 * 1024 + 1))[0]?.message).toContain('the file has 262145 bytes, allowed are 262144');
});

test('a few lines of aliases cannot become gigabytes', () => {
  const bomb = Array.from({ length: 9 }, (_, level) => {
    const items = Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*a${level - 1}`));
    return `            - &a${level} [${items.join(', ')}]\n`;
  }).join('');
  const text = `${GOOD}    - name: loop\n      steps:\n        - - name: a\n            template: main\n            withItems:\n${bomb}`;

  const started = Date.now();
  const findings = findingsOf(text);

  expect(findings).toContainEqual(
    expect.objectContaining({ message: 'more than 100 aliases are used; write the values out' }),
  );
  expect(Date.now() - started).toBeLessThan(2_000);
});

test('a text that is repeated by aliases is counted as often as it is there', () => {
  const steps = Array.from(
    { length: 60 },
    (_, index) => `    - {name: s${index}, script: {image: x, command: [x], source: *long}}\n`,
  );
  const text = `${GOOD}    - {name: first, script: {image: x, command: [x], source: &long ${'x'.repeat(10_000)}}}\n${steps.join('')}`;

  expect(findingsOf(text).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^the definition has \d{6} bytes with its aliases written out, allowed are 327680/),
  ]);
});

test('an alias inside its own anchor ends', () => {
  expect(findingsOf(`${HEAD}spec: &s\n  templates: [*s]\n`).length).toBeGreaterThan(0);
  expect(findingsOf(withArgs('&x [*x]')).length).toBeGreaterThan(0);
});

test.each(['[', '{a: ', '- '])('a file of nothing but %j ends with a finding', (piece) => {
  expect(findingsOf(piece.repeat(20_000)).length).toBeGreaterThan(0);
});

test('an alias of a good value is written out', () => {
  const text = GOOD.replace('[sh, -c]', '&shell [sh, -c]').concat(
    '    - name: again\n      container: {image: "busybox:1.36", command: *shell}\n',
  );

  const result = sanitizeDefinition(FILE, text);

  expect(result).toMatchObject({
    ok: true,
    value: { spec: { templates: [{}, { container: { command: ['sh', '-c'] } }] } },
  });
});

test('a parameter keeps the text its number was written with', () => {
  const text = GOOD.replace('entrypoint', 'arguments: {parameters: [{name: version, value: 1.10}]}\n  entrypoint');

  expect(sanitizeDefinition(FILE, text)).toMatchObject({
    ok: true,
    value: { spec: { arguments: { parameters: [{ name: 'version', value: '1.10' }] } } },
  });
});

test.each([
  '{{=sprig.repeat(100000000, "x")}}',
  'a {{= 1}} b',
  '{{ =1}}',
  '{{{{inputs.parameters.x}}}}',
  '{{inputs.parameters.x',
  '{{.State.Status}}',
  '{{}}',
])('%s is refused anywhere in a definition', (text) => {
  expect(findingsOf(withArgs(JSON.stringify(text)))[0]).toMatchObject({ line: 7 });
  expect(
    findingsOf(GOOD.replace('echo hello', 'x').concat(`  onExit: ${JSON.stringify(text)}\n`)).length,
  ).toBeGreaterThan(0);
});

test.each(['{{inputs.parameters.x}}', '{{ workflow.parameters.change }}', '{{item}}', 'a {{pod.name}} b {{item.os}}'])(
  'the plain reference %s is accepted',
  (text) => {
    expect(findingsOf(withArgs(JSON.stringify(text)))).toEqual([]);
  },
);

test.each([
  ['an entrypoint', GOOD.replace('entrypoint: main', 'entrypoint: nowhere'), 4, "names template 'nowhere'"],
  ['an exit handler', `${GOOD}  onExit: nowhere\n`, 8, "spec.onExit names template 'nowhere'"],
  ['a hook', `${GOOD}  hooks: {exit: {template: nowhere}}\n`, 8, "names template 'nowhere'"],
  ['a step', `${GOOD}    - {name: s, steps: [[{name: a, template: nowhere}]]}\n`, 8, "names template 'nowhere'"],
  ['a parameter', withArgs("'{{workflow.parameters.nowhere}}'"), 7, "parameter 'nowhere' is not there"],
  [
    'a volume',
    GOOD.replace('args:', 'volumeMounts: [{name: nowhere, mountPath: /x}], args:'),
    7,
    "names volume 'nowhere'",
  ],
  [
    'a task',
    `${GOOD}    - {name: d, dag: {tasks: [{name: a, template: main, depends: nowhere.Succeeded}]}}\n`,
    8,
    "depends on 'nowhere'",
  ],
])('%s that names what is not there is refused', (_what, text, line, message) => {
  expect(findingsOf(text)).toContainEqual(expect.objectContaining({ line, message: expect.stringContaining(message) }));
});

test.each([
  ['a template that calls itself', '    - {name: a, steps: [[{name: x, template: a}]]}\n', 'calls itself'],
  [
    'templates that call each other',
    '    - {name: a, steps: [[{name: x, template: b}]]}\n    - {name: b, steps: [[{name: x, template: a}]]}\n',
    'calls itself',
  ],
  [
    'tasks in a circle',
    '    - {name: a, dag: {tasks: [{name: x, template: main, depends: y}, {name: y, template: main, dependencies: [x]}]}}\n',
    'depends on itself',
  ],
  ['a template twice', '    - {name: main, container: {image: x, command: [x]}}\n', "template 'main' is there twice"],
  ['a template of two kinds', '    - {name: a, container: {image: x, command: [x]}, steps: []}\n', 'exactly one of'],
  ['a template of no kind', '    - {name: a}\n', 'has none of them'],
  ['a step that calls nothing', '    - {name: a, steps: [[{name: x}]]}\n', 'must have one of template and templateRef'],
  [
    'two loops at once',
    '    - {name: a, steps: [[{name: x, template: main, withItems: [1], withSequence: {count: 2}}]]}\n',
    'has withItems and withSequence',
  ],
  [
    'a foreign ClusterWorkflowTemplate',
    '    - {name: a, steps: [[{name: x, templateRef: {name: other, template: x, clusterScope: true}}]]}\n',
    'allowed is seakeeper-checkout/checkout',
  ],
  [
    'a template of the namespace with a curated name',
    '    - {name: a, steps: [[{name: x, templateRef: {name: seakeeper-checkout, template: checkout, clusterScope: false}}]]}\n',
    'clusterScope: true',
  ],
  [
    'a prototype’s name for a curated template',
    '    - {name: a, steps: [[{name: x, templateRef: {name: __proto__, template: x, clusterScope: true}}]]}\n',
    'allowed is seakeeper-checkout/checkout',
  ],
])('%s is refused', (_what, more, message) => {
  expect(findingsOf(GOOD + more).map((finding) => finding.message)).toContainEqual(expect.stringContaining(message));
});

test('a cache is the only fixed key: a step writes its own, and reads that of reviewed code too', () => {
  const artifact = (place: 'inputs' | 'outputs', s3: object) =>
    findingsOf(
      `${GOOD}    - ${JSON.stringify({
        name: 'cached',
        container: { image: 'x', command: ['x'] },
        [place]: { artifacts: [{ name: 'cache', path: '/cache', optional: true, s3 }] },
      })}\n`,
    ).map(({ message }) => message);
  const [own, reviewed] = [CacheOwner.self, CacheOwner.reviewed].map((owner) => ({ key: cacheKey(owner, 'npm') }));

  expect([own, reviewed].flatMap((s3) => artifact('inputs', s3 ?? {}))).toEqual([]);
  expect(artifact('outputs', own ?? {})).toEqual([]);
  expect(artifact('outputs', reviewed ?? {})).toEqual([
    expect.stringContaining('a run of unreviewed code could write what a later run trusts'),
  ]);
  expect(artifact('inputs', { ...own, bucket: 'other' })).toEqual([
    expect.stringContaining('s3.bucket is not allowed'),
  ]);
  expect(artifact('inputs', { key: 'ci-other/x' })).toEqual([expect.stringContaining("is 'ci-other/x', allowed is")]);
});

test('loops are multiplied out before a run is let in', () => {
  const loop = (name: string, callee: string) =>
    `    - {name: ${name}, steps: [[{name: x, template: ${callee}, withSequence: {count: 30}}]]}\n`;
  const text = GOOD.replace('entrypoint: main', 'entrypoint: outer') + loop('outer', 'inner') + loop('inner', 'main');

  expect(findingsOf(text)[0]?.message).toContain('a run comes to 931 steps');
});

test('a definition with very many mistakes gets a list of bounded length that says so', () => {
  const text = HEAD + Array.from({ length: 100 }, (_, index) => `wrong${index}: x\n`).join('');

  const findings = findingsOf(text);

  expect(findings).toHaveLength(MAX_FINDINGS);
  expect(findings.at(-1)?.message).toMatch(/^\d+ more findings/);
});

test('a field that is nearly known is named', () => {
  expect(findingsOf(GOOD.replace('entrypoint', 'entryPoint'))[0]?.message).toContain("did you mean 'entrypoint'?");
});

const UNPRINTABLE = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

test('findings quote one short printable line, whatever the definition says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (junk) => {
      const findings = findingsOf(`${HEAD}spec: {hostNetwork: ${JSON.stringify(junk)}}`);
      const bad = findings.filter(
        ({ message, line, column }) => UNPRINTABLE.test(message) || message.length > 400 || line < 1 || column < 1,
      );
      expect(bad).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('no text at all makes the sanitiser throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]&*!|>%@`"\'#,:-? \n\tabc1~<='), maxLength: 200 }), (text) => {
      expect(typeof sanitizeDefinition(FILE, text).ok).toBe('boolean');
    }),
    { numRuns: 500 },
  );
});
