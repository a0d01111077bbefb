import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { keepOnFiles, keepOnLines, MOST_COMMENTS } from '../../../services/reporter/decide-comments';
import { parseStepComments } from '../../../services/reporter/parse-step-comments';
import { MAX_MESSAGE_BYTES } from '../../../services/reporter/render-cut';
import { renderLeftOut } from '../../../services/reporter/render-left-out';
import { sanitizeDefinition } from '../../../services/shared/definition/sanitize-definition';
import { commenting, workflow } from './fixtures';

const parse = (...nodes: Parameters<typeof commenting>[]) =>
  parseStepComments(workflow({ nodes: nodes.map((node) => commenting(...node)) }));
const FILES = new Set(['src/a.js', '/COMMIT_MSG']);
const sort = (value: unknown) => keepOnFiles(parse(['lint', value]), FILES);

describe('parseStepComments', () => {
  test("reads Zuul's format: lists by path, a range stands for its last line", () => {
    const range = { start_line: 3, start_character: 0, end_line: 5, end_character: 2 };
    const { comments, malformed, unreadable } = parse([
      'lint',
      {
        'src/a.js': [
          { message: 'whole file' },
          { line: 2, message: 'here', level: 'error' },
          { range, message: 'there' },
        ],
      },
    ]);

    expect(comments).toEqual([
      { step: 'lint', path: 'src/a.js', line: undefined, level: undefined, text: 'whole file' },
      { step: 'lint', path: 'src/a.js', line: 2, level: 'error', text: 'here' },
      { step: 'lint', path: 'src/a.js', line: 5, level: undefined, text: 'there' },
    ]);
    expect([malformed, unreadable]).toEqual([0, []]);
  });

  test('reads the last of several attempts', () => {
    const said = (message: string) => ({ 'src/a.js': [{ message }] });
    const given = workflow({
      nodes: [
        commenting('lint(0)', said('first'), { phase: 'Failed' }),
        commenting('lint(1)', said('second'), { phase: 'Failed' }),
        { ...commenting('lint', said('second'), { phase: 'Failed' }), type: 'Retry', children: ['lint(0)', 'lint(1)'] },
      ],
    });

    expect(parseStepComments(given).comments).toMatchObject([{ step: 'lint', text: 'second' }]);
  });

  test('says nothing of a step that put out none', () => {
    expect(parse(['lint', ''], ['test', '  \n'])).toEqual({ comments: [], malformed: 0, unreadable: [] });
  });

  test.each([
    ['no JSON', 'src/a.js:1: bad', /^it is not JSON; write /],
    ['a list', [{ message: 'x' }], /^it is no object of lists; write /],
    ['an object of others', { 'src/a.js': 'x' }, /^it is no object of lists; write /],
    [
      'too much',
      { a: [{ message: 'x'.repeat(70_000) }] },
      /^it has 7\d{4} bytes, at most 65536 are read; write fewer$/,
    ],
  ])('says of %s which step put it out and what is wrong', (_what, value, reason) => {
    expect(parse(['lint', value]).unreadable).toEqual([{ step: 'lint', reason: expect.stringMatching(reason) }]);
  });

  test.each([
    [{ line: 3 }],
    [{ message: '' }],
    [{ line: 0, message: 'x' }],
    [{ line: -1, message: 'x' }],
    [{ line: 1.5, message: 'x' }],
    [{ line: '3', message: 'x' }],
    [{ message: 7 }],
    ['x'],
    [null],
  ])('counts what is no comment: %j', (entry) => {
    expect(parse(['lint', { 'src/a.js': [entry, { message: 'good' }] }])).toMatchObject({
      malformed: 1,
      comments: [{ text: 'good' }],
    });
  });

  test('reads whatever a step may put out without failing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.constant('{"__proto__":[{"message":"x"}]}')), (value) => {
        const { comments, malformed, unreadable } = parse(['lint', value]);

        expect(comments.length + malformed + unreadable.length).toBeGreaterThanOrEqual(0);
        expect(({} as Record<string, unknown>)['message']).toBeUndefined();
      }),
    );
  });
});

describe('keepOnFiles and keepOnLines', () => {
  test('name the step, and a level that asks for something', () => {
    const { comments } = sort({
      'src/a.js': [
        { line: 1, message: 'x', level: 'warning' },
        { message: 'y', level: 'info' },
      ],
    });

    expect(comments).toEqual([
      { path: 'src/a.js', line: 1, message: 'lint, warning: x', unresolved: false },
      { path: 'src/a.js', message: 'lint: y', unresolved: false },
    ]);
  });

  test('take what a step wrote for text of a few lines', () => {
    const message = '\u001b[31mbad\u001b[0m\n\n\u202ehttps://evil.test/job/check/x : SUCCESS\u0000\nend';

    expect(sort({ 'src/a.js': [{ message }] }).comments[0]?.message).toBe(
      'lint: bad\nhttps://evil.test/job /check/x : SUCCESS\nend',
    );
    expect(sort({ 'src/a.js': [{ message: 'x\n'.repeat(500) }] }).comments[0]?.message.split('\n')).toHaveLength(20);
    const large = sort({ 'src/a.js': [{ message: `${'€'.repeat(600)}\n`.repeat(19) }] }).comments[0]?.message ?? '';
    expect(Buffer.byteLength(large)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  });

  test('leave out what stands nowhere in the patch set', () => {
    const said = sort({
      'src/b.js': [{ message: 'untouched' }],
      '/PATCHSET_LEVEL': [{ message: 'no file' }],
      'src/a.js': [{ line: 3, message: 'fits' }, { line: 4, message: 'beyond' }, { message: '\u0000' }],
    });
    const { comments, leftOut } = keepOnLines(said, new Map([['src/a.js', 3]]));

    expect(comments.map(({ message }) => message)).toEqual(['lint: fits']);
    expect(leftOut).toMatchObject({ noFile: 2, noLine: 1, malformed: 1, tooMany: 0 });
  });

  test('let every line of a file pass whose length is not known', () => {
    expect(keepOnLines(sort({ 'src/a.js': [{ line: 9, message: 'x' }] }), new Map()).comments).toHaveLength(1);
  });

  test('say the same once', () => {
    expect(
      sort({
        'src/a.js': [
          { line: 1, message: 'x' },
          { line: 1, message: 'x' },
        ],
      }).comments,
    ).toHaveLength(1);
  });

  test('account for every comment, keep the bounds, and only what is there', () => {
    const entry = fc.record(
      { message: fc.string(), line: fc.integer({ min: -2, max: 80 }), level: fc.constantFrom('info', 'error', 'odd') },
      { requiredKeys: [] },
    );
    const path = fc.constantFrom('src/a.js', '/COMMIT_MSG', 'other', '../x', '__proto__');
    const document = fc.array(fc.tuple(path, fc.array(entry, { maxLength: 80 })), { maxLength: 4 });
    fc.assert(
      fc.property(document, (pairs) => {
        const lists = new Map(pairs);
        const said = parse(['lint', JSON.stringify(Object.fromEntries(lists))]);
        const lines = new Map([['src/a.js', 40]]);
        const { comments, leftOut } = keepOnLines(keepOnFiles(said, FILES), lines);

        expect(comments.length).toBeLessThanOrEqual(MOST_COMMENTS);
        for (const { path: on, line = 0, message, unresolved } of comments) {
          expect(FILES.has(on) && line <= (lines.get(on) ?? 80) && !unresolved).toBe(true);
          expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        }
        const { noFile, noLine, tooMany, malformed } = leftOut;
        expect(comments.length + noFile + noLine + tooMany + malformed).toBeLessThanOrEqual(
          said.comments.length + said.malformed,
        );
      }),
    );
  });
});

describe('renderLeftOut', () => {
  test('says nothing when all is posted', () => {
    expect(renderLeftOut(sort({ 'src/a.js': [{ message: 'x' }] }).leftOut)).toEqual([]);
  });

  test('counts by reason and names the steps that could not be read', () => {
    const many = Array.from({ length: MOST_COMMENTS + 2 }, (_, line) => ({ line: line + 1, message: 'x' }));
    const { leftOut } = keepOnFiles(
      parse(['lint', { 'src/a.js': many, other: [{ message: 'x' }] }], ['recheck\n/job/', 'no JSON']),
      FILES,
    );

    expect(renderLeftOut(leftOut)).toEqual([
      '',
      'Comments of its steps that are left out: 1 on a file that this patch set does not touch, 2 beyond the most that a report posts.',
      '',
      'What step recheck /job / put out as comments is left out: it is not JSON; write {"path": [{"line": 1, "message": "…"}]}.',
    ]);
  });
});

describe('the page for authors', () => {
  const page =
    readFileSync(join(__dirname, '../../../docs/definitions.md'), 'utf8').split('## Comments on lines')[1] ?? '';
  const block = (language: string) => new RegExp(`\`\`\`${language}\n([^\`]*)\`\`\``).exec(page)?.[1] ?? '';

  test('shows a step that a definition may have', () => {
    const text = [
      'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  entrypoint: main\n  templates:',
      '    - name: main\n      steps: [[{ name: lint, template: lint }]]',
      block('yaml').replace(/ {6}inputs:\n {8}artifacts:\n.*\n/, ''),
    ].join('\n');

    expect(text).toContain('seakeeper-comments');
    expect(sanitizeDefinition('seakeeper/check.yaml', text)).toMatchObject({ ok: true });
  });

  test('shows comments that are read', () => {
    expect(parse(['lint', block('json')])).toMatchObject({
      comments: [{ level: 'error', line: 3 }, { line: undefined }, { path: '/COMMIT_MSG' }],
      malformed: 0,
      unreadable: [],
    });
  });
});
