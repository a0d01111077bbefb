import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NumberFile } from '../../../cli/capacity/number-file';
import { generateBuilds } from '../../../infra/capacity/builds/synthetic-builds';
import { demandOf } from '../../../infra/capacity/demand/demand-sweep';

describe('NumberFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('gives back what was appended, from anywhere', () => {
    const file = new NumberFile(folder);
    file.append(Float64Array.of(1, 2, 3));
    file.append(Float64Array.of(4.5, -5));
    const into = new Float64Array(3);

    file.read(2, into);

    expect([...into]).toEqual([3, 4.5, -5]);
    expect(file.size).toBe(40);
    file.close();
  });

  test('leaves no name on disk even while it is open, so that nothing can leave it behind', () => {
    const file = new NumberFile(folder);
    file.append(Float64Array.of(1));
    expect(readdirSync(folder)).toEqual([]);
    file.close();
    file.close();
  });

  test('throws when more is asked for than there is', () => {
    const file = new NumberFile(folder);
    expect(() => file.read(0, new Float64Array(1))).toThrow('there are 0 numbers, and 1 from 0 on were asked for');
  });

  test('throws when the folder is none', () => {
    expect(() => new NumberFile(join(folder, 'none')).append(Float64Array.of(1))).toThrow(
      `builds that memory has no room for cannot be kept in ${join(folder, 'none')}`,
    );
  });

  test('demand through it is the demand through memory', () => {
    const store = new NumberFile(folder);
    const builds = [...generateBuilds(11, { builds: 30_000, days: 30 })];

    const spilled = demandOf(builds, { timeZone: 'Europe/Berlin', store, runSize: 4000 });

    expect(store.size).toBe(30_000 * 64);
    expect(spilled).toEqual(demandOf(builds, { timeZone: 'Europe/Berlin' }));
    store.close();
  });
});
