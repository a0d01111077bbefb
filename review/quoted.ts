/** Letters that steer a terminal, end a line or turn the reading direction: a review shows what is there. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const STEERING = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const MOST_SHOWN = 200;

/** The text with every letter visible that would not be. */
export const visible = (text: string): string =>
  text.replace(STEERING, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * A value inside a Markdown sentence: as code, on one line, no longer than people read. Whatever it holds, it cannot end
 * the code and so cannot become markup.
 */
export function quoted(value: unknown): string {
  const text = visible(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).replaceAll('`', "'");
  return `\`${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN - 1)}…` : text || ' '}\``;
}

/** A count as people read it: `2,199`. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** A count and its noun: `1 namespace`, `2,199 namespaces`. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
