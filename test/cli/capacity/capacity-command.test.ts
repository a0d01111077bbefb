import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { generateBuilds, renderCsv } from '../../../infra/capacity/builds/synthetic-builds';
import { parseDemandFile } from '../../../infra/capacity/demand-file';

const ROOT = join(__dirname, '../../..');
const TSX = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
/** A process of its own, twice, on machines that are busy with other tests. */
const PATIENCE_MS = 180_000;

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What a person types, in a process of its own. */
function capacity(...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [TSX, 'cli/main.ts', 'capacity', ...args], { cwd: ROOT });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

const folder = mkdtempSync(join(tmpdir(), 'capacity-test-'));
const inFolder = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeLog(name: string, lines: Iterable<string>): string {
  writeFileSync(inFolder(name), `${[...lines].join('\n')}\n`);
  return inFolder(name);
}

const log = writeLog('builds.csv', renderCsv(generateBuilds(7, { builds: 20_000, days: 70 })));

describe('npm run capacity -- --builds', () => {
  let runs: Outcome[] = [];
  beforeAll(async () => {
    const run = (name: string) => ['--builds', log, '--out', inFolder(name), '--save', inFolder(`${name}.json`)];
    runs = [await capacity(...run('first')), await capacity(...run('second'))];
  }, PATIENCE_MS);

  const bytes = (report: string, name: string) => readFileSync(join(folder, report, name));

  test('prints the requirement of every pool and where the report is', () => {
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    for (const pool of ['system', 'gate', 'check', 'heavy', 'security']) expect(runs[0]?.out).toContain(`| ${pool}`);
    expect(runs[0]?.out).toContain(join(folder, 'first/report.md'));
  });

  test('the same log gives the same bytes', () => {
    const names = readdirSync(inFolder('first')).sort();
    expect(names).toEqual([
      'concurrency.png',
      'concurrency.svg',
      'packing.png',
      'packing.svg',
      'report.md',
      'waits.png',
      'waits.svg',
    ]);
    for (const name of names) {
      expect({ name, same: bytes('first', name).equals(bytes('second', name)) }).toEqual({ name, same: true });
    }
    expect(readFileSync(inFolder('first.json'), 'utf8')).toBe(readFileSync(inFolder('second.json'), 'utf8'));
  });

  test.each(['concurrency', 'waits', 'packing'])(
    'chart %s is an SVG that parses, with words, and the PNG of it',
    (name) => {
      const svg = bytes('first', `${name}.svg`).toString('utf8');
      // Throws unless it is well-formed.
      const { width, height } = new Resvg(svg, { font: { loadSystemFonts: false } });
      expect(svg.match(/<text /g)?.length).toBeGreaterThan(10);
      const png = bytes('first', `${name}.png`);
      expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([Math.round(width * 2), Math.round(height * 2)]);
    },
  );

  test('the report has forecast, back-test, waits, every line with its source, warnings and assumptions', () => {
    const report = bytes('first', 'report.md').toString('utf8');
    for (const part of [
      '## Demand and forecast',
      'seasonal naive',
      'exponential smoothing',
      'grown ×',
      'bin-packing loss',
      'kubelet and system reserve',
      'one node down',
      'argo-system/workflow-controller',
      'artifacts and logs',
      '## Warnings',
      '## Assumptions',
    ]) {
      expect(report).toContain(part);
    }
    for (const [, file] of report.matchAll(/\]\(([a-z]+\.(?:svg|png))\)/g)) {
      expect(readdirSync(inFolder('first'))).toContain(file);
    }
  });

  test('dates are those of the log, never of the run', () => {
    const report = bytes('first', 'report.md').toString('utf8');
    expect(report).toContain('made 2019-08-1');
    expect(report).not.toContain(String(new Date().getUTCFullYear()));
  });

  test('what is saved is the demand file that stack config names', () => {
    const { source, timeZone, pools } = parseDemandFile(readFileSync(inFolder('first.json'), 'utf8'), 'first.json');
    expect([source, timeZone, Object.keys(pools)]).toEqual([
      { file: 'builds.csv', builds: 20_000 },
      'UTC',
      ['gate', 'check', 'heavy', 'security'],
    ]);
  });
});

describe('npm run capacity -- --replay', () => {
  test(
    'says wait, cost and starvation on the machines asked about',
    async () => {
      const { code, out } = await capacity('--replay', log, '--nodes', '4x16cpu/64Gi', '--price-per-node-hour', '0.5');
      expect(code).toBe(0);
      for (const part of ['20,000 builds', 'Wait: P50', 'P95', 'node hours', 'at 0.5 each', 'Starvation:']) {
        expect(out).toContain(part);
      }
    },
    PATIENCE_MS,
  );
});

describe('bad input', () => {
  const backwards = writeLog('backwards.csv', ['start,end', '2019-06-09T10:00:00Z,2019-06-09T09:00:00Z']);

  test.each([
    ['a file that is not there', ['--builds', inFolder('none.csv')], 'none.csv'],
    ['a negative duration', ['--builds', backwards], 'row 2'],
    ['a time zone that is none', ['--builds', log, '--time-zone', 'Mars/Base'], "'Mars/Base'"],
    ['a stack that is none', ['--builds', log, '--stack', 'nowhere'], 'Pulumi.nowhere.yaml'],
    ['machines that are none', ['--replay', log, '--nodes', '12'], "--nodes '12'"],
    ['a replay without machines', ['--replay', log], '--replay needs --nodes'],
    [
      'a price that is none',
      ['--replay', log, '--nodes', '1x4cpu/16Gi', '--price-per-node-hour', 'x'],
      '--price-per-node-hour x',
    ],
    ['both at once', ['--replay', log, '--builds', log], 'give one of them'],
  ])(
    '%s is one line and exit code 2',
    async (_, args, part) => {
      const { code, err, out } = await capacity(...args);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      const errors = err.split('\n').filter((line) => line.startsWith('error: '));
      expect(errors).toHaveLength(1);
      expect(errors[0]).toContain(part);
    },
    PATIENCE_MS,
  );
});
