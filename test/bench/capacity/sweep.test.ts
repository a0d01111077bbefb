import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBuilds } from '../../../bench/capacity/builds-file';
import { sortAndAwk } from '../../../bench/capacity/sort-and-awk';
import { assertAgree, parsePeer } from '../../../bench/capacity/sweep';
import { generateBuilds } from '../../../infra/capacity/builds/synthetic-builds';
import { demandOf } from '../../../infra/capacity/demand/demand-sweep';

describe('the peer of the sweep', () => {
  test('finds the same daily maxima', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seakeeper-test-'));
    try {
      const file = join(folder, 'builds.csv');
      await writeBuilds(file, 9, 20_000);

      const [program = '', ...args] = sortAndAwk(file, folder);
      const output = execFileSync(program, args, { encoding: 'utf8' });

      const { whole } = demandOf(generateBuilds(9, { builds: 20_000 }), { timeZone: 'UTC' });
      const { days, cpuSeconds } = parsePeer(output);
      expect(days).toEqual(whole.concurrency.map(({ date, maximum }) => `${date} ${maximum}`));
      expect(cpuSeconds).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('assertAgree', () => {
  test('the same days agree', () => {
    expect(() => assertAgree(['2019-06-09 3', '2019-06-10 4'], ['2019-06-09 3', '2019-06-10 4'])).not.toThrow();
  });

  test.each([
    [['2019-06-09 3'], ['2019-06-09 4']],
    [[], ['2019-06-09 4']],
    [['2019-06-09 3'], []],
  ])('throws when %j is not %j', (ours, peer) => {
    expect(() => assertAgree(ours, peer)).toThrow('the two sides disagree');
  });
});
