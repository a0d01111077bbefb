import { compilePatterns, plainTexts, TextPatterns } from '../../core/text-pattern';

const test1 = (patterns: TextPatterns, text: string) => compilePatterns(TextPatterns.parse(patterns)).matches(text);

describe('text pattern', () => {
  test.each<[string, TextPatterns, string[], string[]]>([
    ['text is RE2, found anywhere', 'b+', ['abc', 'b'], ['ac']],
    ['so is re2', { re2: '^b' }, ['bc'], ['ab']],
    ['plain is the whole text, whatever it means elsewhere', { plain: 'a.b' }, ['a.b'], ['axb', 'a.bc', 'A.B']],
    ['a glob is for the whole text', { glob: 'a/*' }, ['a/b'], ['a/b/c', 'xa/b']],
    ['any of a list will do', [{ plain: 'a' }, '^b'], ['a', 'bc'], ['ab', 'c']],
  ])('%s', (_, patterns, yes, no) => {
    expect(yes.filter((text) => !test1(patterns, text))).toEqual([]);
    expect(no.filter((text) => test1(patterns, text))).toEqual([]);
  });

  test.each<[unknown, (string | number)[], RegExp]>([
    ['(?=a)', [], /^'\(\?=a\)' is not an RE2 pattern: \S/],
    [{ re2: '(' }, ['re2'], /^'\(' is not an RE2 pattern: \S/],
    [{ glob: '{' }, ['glob'], /^'\{' is not a glob: has '\{' without '\}'/],
    [['a', { glob: '[' }], [1, 'glob'], /^'\[' is not a glob: has '\['/],
    [{ plain: 'a', glob: 'b' }, [], /^must be a pattern: .*exactly one of plain .*, glob .*, re2/],
    [{}, [], /^must be a pattern/],
    [{ regex: 'a' }, [], /^must be a pattern/],
    [[], [], /Too small/],
    [5, [], /^must be a pattern/],
  ])('%j is refused in one line', (patterns, path, message) => {
    const issues = TextPatterns.safeParse(patterns).error?.issues ?? [];

    expect(issues).toHaveLength(1);
    expect(issues[0]?.path).toEqual(path);
    expect(issues[0]?.message).toMatch(message);
    expect(issues[0]?.message).not.toContain('\n');
  });

  test.each([
    ['repeats without bound', '(a{1000}){1000}', 'invalid repeat count'],
    ['is deep', '('.repeat(2_000) + ')'.repeat(2_000), 'nests too deeply'],
    ['is long', 'a'.repeat(10_001), 'it has 10001 characters, allowed are 10000'],
    ['compiles to much', `(${'a|b'.repeat(3)}|[cx]y){900}`, 'instructions, allowed are 5000'],
  ])('a pattern that %s is refused where it is written', (_, source, message) => {
    const issue = TextPatterns.safeParse(source).error?.issues[0];

    expect(issue?.message).toContain(message);
    expect(issue?.message.length).toBeLessThan(400);
  });

  test.each(['^(a+)+$', '(a|aa)+$', '(.*a){20}!', '(?:a?){200}a{200}!'])('%j hangs on no text', (source) => {
    const before = performance.now();

    test1(source, `${'a'.repeat(20_000)}?`);

    expect(performance.now() - before).toBeLessThan(5_000);
  });

  test('says what it wants', () => {
    expect(compilePatterns(['^a', { plain: 'b' }, { glob: 'c*' }]).wanted).toBe("RE2 '^a' or 'b' or glob 'c*'");
  });

  test('is plain text for an index only when all of it is', () => {
    expect(plainTexts([{ plain: 'a' }, { plain: 'b' }])).toEqual(['a', 'b']);
    expect(plainTexts({ plain: 'a' })).toEqual(['a']);
    expect(plainTexts([{ plain: 'a' }, 'b'])).toBeUndefined();
    expect(plainTexts(undefined)).toBeUndefined();
  });
});
