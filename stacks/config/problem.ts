/** Something wrong with a stack's configuration. */
export interface Problem {
  /** `seakeeper:classes.default.executors`, or the file and line of a project list. */
  readonly where: string;
  /** What is wrong, what is allowed, and what was there. */
  readonly message: string;
}

/** A configuration with at least one problem; its message names them all. */
export class InvalidConfigError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    const lines = problems.map(({ where, message }) => `  ${where}: ${message}`);
    super(`invalid stack config:\n${[...new Set(lines)].join('\n')}`);
    this.name = 'InvalidConfigError';
  }
}

/** A place in the configuration as people type it: `seakeeper:holes[0].name`. */
export function placeOf(path: readonly PropertyKey[]): string {
  const [key = '', ...rest] = path;
  const inside = rest.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return `seakeeper:${String(key)}${inside.join('')}`;
}

const MOST_SHOWN = 80;
const SECRET_NAME = /pass(word|phrase)|secret|token|credential|private|(ssh|access|api)key$/i;
const SECRET_TEXT = /-----BEGIN|:\/\/[^/\s]*@/;

/** What stands at a path of the raw configuration; undefined when nothing does. */
export function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    raw,
  );
}

/** A value for a message: short scalars as they are, never anything that may be a secret. */
export function shownValue(value: unknown, path: readonly PropertyKey[]): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (path.some((part) => SECRET_NAME.test(String(part)))) return '[secret]';
  const text = JSON.stringify(value);
  if (SECRET_TEXT.test(text)) return '[secret]';
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
