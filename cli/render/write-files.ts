import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsonLines, type RenderedGroup, yamlDocuments } from '../../stacks/render/documents';

/** How a rendering is written. */
export const FORMATS = {
  yaml: { text: yamlDocuments, between: '---\n', ending: '.yaml' },
  jsonl: { text: jsonLines, between: '', ending: '.jsonl' },
} as const;
export type Format = keyof typeof FORMATS;

/**
 * Writes each group to a file of its own and returns how many there are. Throws when there is something in the folder: a
 * file that stayed from another rendering would be taken for a part of this one.
 */
export function writeFiles(groups: Iterable<RenderedGroup>, folder: string, format: Format): number {
  const { text, ending } = FORMATS[format];
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty; give --out a new folder`);
  const folders = new Set<string>();
  let files = 0;
  for (const group of groups) {
    const path = join(folder, group.path + ending);
    if (!folders.has(dirname(path))) {
      mkdirSync(dirname(path), { recursive: true });
      folders.add(dirname(path));
    }
    writeFileSync(path, text(group));
    files += 1;
  }
  return files;
}
