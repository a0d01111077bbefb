/** Text that is HTML already; everything else is escaped where it is put into a page. */
export class Html {
  constructor(readonly text: string) {}
}

export type Insert = Html | string | number | undefined | readonly Insert[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A page or a part of one. Inserted text is escaped for content and for quoted attributes; `undefined` is nothing. */
export function html(parts: TemplateStringsArray, ...inserts: readonly Insert[]): Html {
  return new Html(parts.reduce((page, part, index) => page + show(inserts[index - 1]) + part));
}

function show(insert: Insert): string {
  if (insert === undefined) {
    return '';
  }
  if (insert instanceof Html) {
    return insert.text;
  }
  if (typeof insert === 'string' || typeof insert === 'number') {
    return String(insert).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
  }
  return insert.map(show).join('');
}
