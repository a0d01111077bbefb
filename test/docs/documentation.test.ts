import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { keySchemas } from '../../stacks/config/generate/json-schema';
import { configRows } from '../../stacks/config/generate/rows';
import { SECRET_KEYS } from '../../stacks/config/secrets';

const ROOT = join(__dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: ROOT })
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)));

/** Text without code, in which brackets are no links. */
const prose = (text: string): string => text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');

/** Anchors of a page's headings, as Git hosts make them. */
const anchorsOf = (text: string): string[] =>
  [...text.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Links of a page that lead nowhere. */
function brokenLinks(page: string): string[] {
  return [...prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && statSync(join(ROOT, target)).isFile() && !anchorsOf(read(target)).includes(anchor);
    });
}

/** Keys of stack config, with lists as they are named in prose: without brackets. */
const keys = new Set([
  ...Object.entries(keySchemas()).flatMap(([key, node]) =>
    configRows(key, node).map(({ path }) => path.replaceAll('[]', '')),
  ),
  ...SECRET_KEYS,
  // A placeholder for any of them.
  'KEY',
]);
const isKey = (path: string): boolean => keys.has(path) || keys.has(path.replace(/^([a-z]+)\.[^.]+/i, '$1.<name>'));

describe('the documentation', () => {
  test.each(pages)('%s links to what is there', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test.each(pages)('%s names npm scripts that are there', (page) => {
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));
    const named = [...read(page).matchAll(/npm run ((?:-s )?)([a-z][a-z0-9:-]*)/g)].map(([, , name = '']) => name);

    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test.each(pages)('%s names keys of stack config that are there', (page) => {
    const named = [...read(page).matchAll(/(?<![:-] ?)\bseakeeper:([a-z]+(?:\.[a-z]+)*)/gi)].map(
      ([, path = '']) => path,
    );

    expect(named.filter((path) => !isKey(path))).toEqual([]);
  });
});
