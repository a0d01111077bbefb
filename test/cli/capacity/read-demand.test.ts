import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readDemand } from '../../../cli/capacity/read-demand';
import { generateBuilds, renderCsv } from '../../../infra/capacity/builds/synthetic-builds';
import { demandOf } from '../../../infra/capacity/demand/demand-sweep';

describe('readDemand', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const lines: string[] = [];
  beforeEach(() => lines.splice(0));
  const options = { timeZone: 'UTC', say: (line: string) => void lines.push(line) };
  const file = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const builds = [...generateBuilds(4, { builds: 2000, days: 20 })];
  const csv = [...renderCsv(builds)];

  test('reads a file, and the same file as gzip whatever its name', async () => {
    const plain = await readDemand(file('builds.csv', csv.join('\n')), options);
    const packed = await readDemand(file('builds', gzipSync(csv.join('\n'))), options);

    expect(plain.demand).toEqual(demandOf(builds, { timeZone: 'UTC' }));
    expect(packed).toEqual(plain);
    expect(lines).toEqual([]);
  });

  test('says each refused row with its number and reason, and keeps a warning', async () => {
    const path = file(
      'two.csv',
      [csv[0], 'x,y,,,,,,', ...csv.slice(1), '2019-06-09T14:00:00Z,2019-06-09T13:00:00Z,,,,,,'].join('\n'),
    );

    const { reading } = await readDemand(path, options);

    expect(lines).toEqual([
      expect.stringContaining(`${path}: row 2 is left out: start "x" is not a time`),
      expect.stringContaining(`${path}: row 2003 is left out: end "2019-06-09T13:00:00Z" is 3600 s before start`),
    ]);
    expect(reading.warnings).toMatchObject([{ code: 'refused-rows' }]);
  });

  test('rejects when more than one row in ten is refused, after saying the rows', async () => {
    const path = file('bad.csv', [csv[0], ...Array(30).fill('x,y,,,,,,'), ...csv.slice(1, 70)].join('\n'));
    await expect(readDemand(path, options)).rejects.toThrow('30 of 99 rows cannot be builds');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe(`${path}: 10 more rows are left out`);
  });

  test.each([
    ['is not there', join(folder, 'none.csv'), 'no such file'],
    ['is a folder', folder, 'EISDIR'],
  ])('rejects when the file %s, and names it', async (_, path, reason) => {
    await expect(readDemand(path, options)).rejects.toThrow(
      new RegExp(`builds cannot be read from ${path}: .*${reason}`),
    );
  });

  test('rejects when a packed file ends early', async () => {
    const path = file('short.csv.gz', gzipSync(csv.join('\n')).subarray(0, 5000));
    await expect(readDemand(path, options)).rejects.toThrow(`builds cannot be read from ${path}: `);
  });
});
