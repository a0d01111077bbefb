/** Most alternatives inside alternatives: deeper ones nobody reads. */
const MOST_DEPTH = 4;
/** What stands for something: a folder and all below it or none, stars, an escaped character, any other character. */
const TOKEN = /(?<=^|[/{,])\*\*\/|\*+|\\.?|./gsu;
const SPECIAL = /[\\.+*?()|[\]{}^$]/g;

/** What is wrong with a glob, in words that follow `'a{b' is not a glob:`. */
export class GlobError extends Error {
  override readonly name = 'GlobError';
}

/**
 * A glob as an RE2 pattern for the whole text: `*` is anything but a slash, `**` anything, `?` one character but a slash,
 * `{a,b}` either; where a folder could begin, `**` and a slash are any folders or none; a backslash takes the next
 * character as it is. Throws `GlobError`.
 */
export function globToRe2(glob: string): string {
  let depth = 0;
  const parts = (glob.match(TOKEN) ?? []).map((token) => {
    depth += token === '{' ? 1 : token === '}' ? -1 : 0;
    if (depth < 0) throw new GlobError("has '}' without '{'; write \\} for the character itself");
    if (depth > MOST_DEPTH) throw new GlobError(`has more than ${MOST_DEPTH} '{' inside each other; use re2`);
    return translate(token, depth > 0);
  });
  if (depth > 0) throw new GlobError("has '{' without '}'; write \\{ for the character itself");
  return `(?s)^${parts.join('')}$`;
}

function translate(token: string, isInBraces: boolean): string {
  switch (token) {
    case '**/':
      return '(?:.*/)?';
    case '**':
      return '.*';
    case '*':
      return '[^/]*';
    case '?':
      return '[^/]';
    case '{':
      return '(?:';
    case '}':
      return ')';
    case ',':
      return isInBraces ? '|' : ',';
    case '[':
    case ']':
      throw new GlobError(
        `has '${token}', which means nothing here; write \\${token} for the character itself, or use re2`,
      );
    case '\\':
      throw new GlobError("ends in '\\'; write \\\\ for the character itself");
    default:
      if (token.startsWith('***')) throw new GlobError(`has '${token}', allowed are * and **`);
      return (token.startsWith('\\') ? token.slice(1) : token).replace(SPECIAL, '\\$&');
  }
}
