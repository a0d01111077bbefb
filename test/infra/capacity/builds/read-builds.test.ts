import fc from 'fast-check';
import { assertUsable, readBuilds } from '../../../../infra/capacity/builds/read-builds';
import { generateBuilds, renderCsv, renderJsonLines } from '../../../../infra/capacity/builds/synthetic-builds';
import type { Build, Reading } from '../../../../infra/capacity/builds/types';

const START = '2019-06-09T14:00:00Z';
const END = '2019-06-09T14:05:00Z';
const [START_MS, END_MS] = [Date.parse(START), Date.parse(END)];

async function read(text: string, size = 1 << 16): Promise<{ builds: Build[]; reading: Reading }> {
  const builds: Build[] = [];
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const reading = await readBuilds(chunks(), (build) => builds.push(build));
  return { builds, reading };
}

const csv = (...rows: string[]) => ['start,end,cpu,memory,project', ...rows].join('\n');
const reasons = ({ refused }: Reading) => refused.first.map(({ row, reason }) => `row ${row}: ${reason}`);

describe('readBuilds', () => {
  test('a CSV with all its columns', async () => {
    const { builds, reading } = await read(
      `start,end,cpu,memory,project,pool,pipeline,status\n${START},${END},500m,6Gi,mediawiki/core,gate,gate-and-submit,success\n`,
    );
    expect(builds).toEqual([
      {
        startMs: START_MS,
        endMs: END_MS,
        cpu: 0.5,
        memoryBytes: 6 * 2 ** 30,
        project: 'mediawiki/core',
        pool: 'gate',
        pipeline: 'gate-and-submit',
        status: 'success',
      },
    ]);
    expect(reading).toMatchObject({ rows: 1, accepted: 1, refused: { count: 0, first: [] } });
  });

  test('what a row does not say is not there', async () => {
    const { builds } = await read(csv(`${START},${END},,,`));
    expect(builds).toEqual([{ startMs: START_MS, endMs: END_MS }]);
  });

  test('columns of other names, another order, other case', async () => {
    const { builds } = await read(`Build ID,Finished At,started_at,Result\n17,${END},${START},success\n`);
    expect(builds).toEqual([{ startMs: START_MS, endMs: END_MS, status: 'success' }]);
  });

  test.each([
    ['semicolons', `start;end\n${START};${END}\n`],
    ['tabs', `start\tend\n${START}\t${END}\n`],
    ['lines that end as on Windows', `start,end\r\n${START},${END}\r\n`],
    ['a byte-order mark', `\ufeffstart,end\n${START},${END}\n`],
    ['blank lines before, between and after', `\n \nstart,end\n\n${START},${END}\n\n\n`],
    ['no line end at the end', `start,end\n${START},${END}`],
    ['quotes around everything', `"start","end"\n"${START}","${END}"\n`],
    ['seconds since 1970', `start,end\n${START_MS / 1000},${END_MS / 1000}\n`],
    ['JSON lines', `{"start":"${START}","end":${END_MS}}\n`],
    ['JSON lines that end as on Windows', `{"start":"${START}","end":"${END}"}\r\n\r\n`],
  ])('a file with %s', async (_, text) => {
    const { builds } = await read(text);
    expect(builds).toEqual([{ startMs: START_MS, endMs: END_MS }]);
  });

  test('quoted cells may hold separators, quotes and line ends', async () => {
    const { builds } = await read(csv(`${START},${END},2,6Gi,"a, ""b""\nc"`, `${START},${END},2,6Gi,d`));
    expect(builds.map(({ project }) => project)).toEqual(['a, "b"\nc', 'd']);
  });

  test('chunks may end anywhere, within a letter too', async () => {
    const text = csv(`${START},${END},2,6Gi,"Ä, ""ö"""`, `${START},x,2,6Gi,ß`, `${START},${END},2,6Gi,€`);
    const whole = await read(text);
    expect(whole.builds.map(({ project }) => project)).toEqual(['Ä, "ö"', '€']);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (size) => {
        expect(await read(text, size)).toEqual(whole);
      }),
    );
  });

  test('what is written is read back, as CSV and as JSON lines', async () => {
    const builds = [...generateBuilds(5, { builds: 500 })];
    for (const render of [renderCsv, renderJsonLines]) {
      expect((await read([...render(builds)].join('\n'), 1000)).builds).toEqual(builds);
    }
  });
});

describe('rows that cannot be builds', () => {
  test.each([
    [`${END},${START},,,`, `end "${START}" is 300 s before start "${END}"; allowed is the same time or later`],
    [`yesterday,${END},,,`, 'start "yesterday" is not a time; allowed is ISO 8601 with its offset'],
    [`2019-06-09T14:00:00,${END},,,`, 'start "2019-06-09T14:00:00" is not a time; allowed is ISO 8601 with its offset'],
    [`${START},NaN,,,`, 'end "NaN" is not a time'],
    [`1970-01-01T00:00:00Z,${END},,,`, 'of the years 2000 to 2099'],
    [`${START},2100-01-01T00:00:00Z,,,`, 'of the years 2000 to 2099'],
    [`${START},,,,`, 'end is empty, as of a build that still runs'],
    [`,${END},,,`, 'start is empty; leave builds that never started out'],
    [`${START},${END},many,,`, 'cpu "many" is not a number of cores; allowed is 0 to 10000, such as 2, 0.5 or 500m'],
    [`${START},${END},-2,,`, 'cpu "-2" is not a number of cores'],
    [`${START},${END},NaN,,`, 'cpu "NaN" is not a number of cores'],
    [`${START},${END},2,24,`, 'memory "24" is not a size; allowed is 1Mi to 1024Ti, in bytes or with a unit'],
    [`${START},${END},2,6 GB,`, 'memory "6 GB" is not a size'],
    [`${START},${END}`, 'it has 2 cells, and the first line names 5 columns'],
    [`${START},${END},2,6Gi,a,b`, 'it has 6 cells, and the first line names 5 columns'],
  ])('%s is refused', async (row, reason) => {
    const { builds, reading } = await read(csv(`${START},${END},2,6Gi,a`, row, `${START},${END},2,6Gi,a`));
    expect(builds).toHaveLength(2);
    expect(reasons(reading)).toEqual([expect.stringContaining(`row 3: ${reason}`.replace('row 3: of', 'of'))]);
    expect(reading).toMatchObject({ rows: 3, accepted: 2, refused: { count: 1, first: [{ row: 3 }] } });
  });

  test.each([
    ['{"start":"x"', '"{\\"start\\":\\"x\\"" is not JSON; allowed is one object a line'],
    ['17', '17 is not an object; allowed is one object a line'],
    ['[1]', '[1] is not an object'],
    ['{"begin":1,"end":2}', "no column 'start' among 'begin', 'end'"],
    [`{"start":null,"end":"${END}"}`, 'start is empty'],
    [`{"start":{},"end":"${END}"}`, 'start {} is not a time'],
    [`{"start":"${START}","end":"${END}","cpu":"x"}`, 'cpu "x" is not a number of cores'],
    [`{"start":"${START}","end":"${END}","memory":true}`, 'memory true is not a size'],
  ])('line %s is refused', async (line, reason) => {
    const { reading } = await read(`{"start":"${START}","end":"${END}"}\n${line}\n`);
    expect(reasons(reading)).toEqual([expect.stringContaining(`row 2: ${reason}`)]);
  });

  test('a quote in the wrong place is named', async () => {
    const { reading } = await read(csv(`${START},${END},2,6Gi,"a"b`, `${START},${END},2,6Gi,c`));
    expect(reasons(reading)[0]).toContain('row 2: its quotes are wrong');
  });

  test('all are counted, the first twenty kept, and the first named in a warning', async () => {
    const { reading } = await read(csv(...Array(150).fill(`${START},${END},2,6Gi,a`), ...Array(50).fill('x,y,,,')));
    expect(reading.refused.count).toBe(50);
    expect(reading.refused.first).toHaveLength(20);
    expect(reading.warnings).toMatchObject([
      {
        code: 'refused-rows',
        message: expect.stringContaining(
          '50 of 200 rows (25.00 %) cannot be builds and are left out, the first of them row 152',
        ),
      },
      { code: 'one-project' },
    ]);
  });
});

describe('files that are refused as a whole', () => {
  test.each([
    ['', 'the file is empty'],
    [' \n\n', 'the file is empty'],
    ['[{"start":1}]', "the file is a JSON array; allowed is one object a line: jq -c '.[]'"],
    ['begin,end\n1,2', "no column 'start' among 'begin', 'end'"],
    ['hello', "no column 'start' and none 'end' among 'hello'"],
    ['start,end,started\n', "columns 'start' and 'started' both mean start"],
    ['s\0t\0a\0', 'the file is not text in UTF-8'],
    [`start,end\n"${'x,\n'.repeat(500_000)}`, 'row 2 has no end within 1 MiB: a quote that is never closed'],
    [`{${'x'.repeat(2_000_000)}`, 'row 1 has no end within 1 MiB'],
  ])('%#', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});

describe('assertUsable', () => {
  const rows = async (good: number, bad: number) =>
    (await read(csv(...Array(bad).fill('x,y,,,'), ...Array(good).fill(`${START},${END},,,`)))).reading;

  test('one refused row in ten is borne', async () => {
    const reading = await rows(9, 1);
    expect(() => assertUsable(reading)).not.toThrow();
  });

  test('throws when there are more, with the first of them', async () => {
    const reading = await rows(8, 2);
    expect(() => assertUsable(reading)).toThrow(
      '2 of 10 rows cannot be builds, allowed is one in 10, first row 2: start "x" is not a time',
    );
  });

  test('throws when there is only a header', async () => {
    const reading = await rows(0, 0);
    expect(() => assertUsable(reading)).toThrow('the file has no builds, only its first line');
  });
});

describe('warnings of reading', () => {
  const warnings = async (...rows: string[]) => (await read(csv(...rows))).reading.warnings;
  const fill = (count: number) => Array.from({ length: count }, (_, at) => `${START},${END},2,6Gi,project-${at % 3}`);

  test('there are none for a hundred builds of some projects', async () => {
    expect(await warnings(...fill(100))).toEqual([]);
  });

  test('two offsets in one file, with the first row of each', async () => {
    expect(await warnings(...fill(99), `2019-06-09T14:00:00+02:00,2019-06-09T14:05:00Z,,,b`)).toMatchObject([
      {
        code: 'two-offsets',
        message: expect.stringContaining(
          '2 different offsets: Z (first in row 2, 199 times), +02:00 (first in row 101, 1 times)',
        ),
      },
    ]);
  });

  test('two units of epoch times', async () => {
    expect(await warnings(...fill(99), `${START_MS},${END_MS / 1000},,,b`)).toMatchObject([
      { code: 'mixed-epoch-units', message: expect.stringContaining('epoch seconds (first in row 101') },
    ]);
  });

  test('builds of no length', async () => {
    expect(await warnings(...fill(99), `${START},${START},,,b`)).toMatchObject([
      { code: 'zero-length', message: expect.stringContaining('1 builds end when they start') },
    ]);
  });

  test('builds that hung', async () => {
    expect(await warnings(...fill(99), `${START},2019-06-11T14:00:00Z,,,b`)).toMatchObject([
      { code: 'long-builds', message: expect.stringContaining('the longest 48.0 h in row 101') },
    ]);
  });

  test('ten rows', async () => {
    expect(await warnings(...fill(10))).toMatchObject([
      { code: 'few-builds', message: expect.stringContaining('10 builds are too few') },
    ]);
  });

  test('one project only', async () => {
    expect(await warnings(...Array(100).fill(`${START},${END},,,only`))).toMatchObject([
      { code: 'one-project', message: expect.stringContaining('all builds are of one project, only') },
    ]);
  });

  test('no project', async () => {
    expect(await warnings(...Array(100).fill(`${START},${END},,,`))).toMatchObject([{ code: 'no-project' }]);
  });
});
