import fc from 'fast-check';
import { RE2JS } from 're2js';
import { globToRe2 } from '../../core/glob';

const matches = (glob: string, text: string) => RE2JS.compile(globToRe2(glob)).test(text);

describe('glob', () => {
  test.each<[string, string[], string[]]>([
    ['*.md', ['a.md', '.md'], ['docs/a.md', 'a.mdx', 'axmd']],
    ['docs/**', ['docs/a', 'docs/a/b', 'docs/'], ['docs', 'x/docs/a']],
    ['**/a.ts', ['a.ts', 'x/a.ts', 'x/y/a.ts'], ['xa.ts', 'a.ts/b']],
    ['src/**/test/*.ts', ['src/test/a.ts', 'src/x/y/test/a.ts'], ['src/xtest/a.ts', 'src/test/x/a.ts']],
    ['a**b', ['ab', 'a/x/b'], ['ab/']],
    ['a?c', ['abc', 'aéc', 'a😀c'], ['ac', 'a/c', 'abbc']],
    ['{a,b*}/c', ['a/c', 'b/c', 'bx/c'], ['c', 'x/c', '{a,b*}/c']],
    ['{a,{b,c}d}', ['a', 'bd', 'cd'], ['b', 'd']],
    ['a,b', ['a,b'], ['a', 'b']],
    ['\\{a\\}\\*', ['{a}*'], ['a', '{a}x']],
    ['^(x)+$|.', ['^(x)+$|.'], ['x', 'xx']],
    ['REL1_*', ['REL1_43', 'REL1_43\nx'], ['wmf/REL1_43']],
    ['', [''], ['a']],
  ])('%j matches the whole of %j and none of %j', (glob, yes, no) => {
    expect(yes.filter((text) => !matches(glob, text))).toEqual([]);
    expect(no.filter((text) => matches(glob, text))).toEqual([]);
  });

  test.each([
    ['a{b', "has '{' without '}'; write \\{ for the character itself"],
    ['a}b', "has '}' without '{'; write \\} for the character itself"],
    ['[ab]', "has '[', which means nothing here; write \\[ for the character itself, or use re2"],
    ['a\\', "ends in '\\'; write \\\\ for the character itself"],
    ['a***', "has '***', allowed are * and **"],
    ['{{{{{a}}}}}', "has more than 4 '{' inside each other; use re2"],
  ])('%j is refused with the cure', (glob, message) => {
    expect(() => globToRe2(glob)).toThrow(message);
  });

  test('made of any text with its special characters escaped matches that text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(matches(text.replace(/[\\*?{},[\]]/g, '\\$&'), text)).toBe(true);
      }),
    );
  });
});
