/** Lower-case DNS-safe rendering of any text: `a-z0-9` runs joined by single dashes; may be empty. */
export function slug(text: string, maxLength: number): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maxLength)
    .replace(/-+$/, '');
}
