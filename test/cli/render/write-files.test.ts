import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../../../cli/render/write-files';
import type { RenderedGroup } from '../../../stacks/render/documents';

const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const GROUPS: readonly RenderedGroup[] = [
  {
    path: 'system/argo',
    objects: ['a', 'b'].map((name) => ({ origin: 'system', source: 'argo', object: object(name) })),
  },
  { path: 'projects/ci-x', objects: [{ origin: 'projects', source: 'x', object: object('c') }] },
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string) => readFileSync(join(folder, path), 'utf8');

describe('the files of a rendering', () => {
  test('are YAML of several documents each, by layer', () => {
    expect(writeFiles(GROUPS, folder, 'yaml')).toBe(2);

    expect(read('system/argo.yaml')).toBe(
      ['a', 'b'].map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`).join('---\n'),
    );
    expect(readdirSync(join(folder, 'projects'))).toEqual(['ci-x.yaml']);
  });

  test('are JSON lines when asked for', () => {
    writeFiles(GROUPS, folder, 'jsonl');

    expect(JSON.parse(read('projects/ci-x.jsonl'))).toEqual({ origin: 'projects', source: 'x', object: object('c') });
  });

  test('go to an empty folder only, so that none is left from another rendering', () => {
    writeFiles(GROUPS, folder, 'yaml');

    expect(() => writeFiles(GROUPS, folder, 'yaml')).toThrow(`${folder} is not empty; give --out a new folder`);
  });
});
