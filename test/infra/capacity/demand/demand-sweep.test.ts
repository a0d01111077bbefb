import fc from 'fast-check';
import { generateBuilds } from '../../../../infra/capacity/builds/synthetic-builds';
import type { Build } from '../../../../infra/capacity/builds/types';
import { DemandSweep, demandOf } from '../../../../infra/capacity/demand/demand-sweep';
import type { NumberStore } from '../../../../infra/capacity/demand/event-runs';
import type { DailyDemand, Demand } from '../../../../infra/capacity/demand/types';
import { type OracleDay, oracleDays, QUARTER_MS } from './oracle';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Zones with the moment around which their clocks change. */
const CHANGES = [
  ['UTC', Date.UTC(2019, 5, 9)],
  ['Europe/Berlin', Date.UTC(2019, 2, 31)],
  ['Europe/Berlin', Date.UTC(2019, 9, 27)],
  // At midnight: the day begins at 01:00.
  ['America/Sao_Paulo', Date.UTC(2018, 10, 4)],
  // By half an hour.
  ['Australia/Lord_Howe', Date.UTC(2019, 3, 7)],
  ['Asia/Kathmandu', Date.UTC(2019, 5, 9)],
] as const;

const quarters = (from: number, atMost: number) =>
  fc.integer({ min: 0, max: atMost }).map((n) => from + n * QUARTER_MS);

/** Some builds within two days of a moment, in any order, zero-length ones among them. */
const buildsAround = (ms: number) =>
  fc.array(
    fc
      .record({
        startMs: quarters(ms - 2 * DAY, 4 * 96),
        length: fc.integer({ min: 0, max: 150 }),
        cpu: fc.constantFrom(0.1, 0.5, 2, 4),
        pool: fc.constantFrom('gate', 'check'),
      })
      .map(({ startMs, length, cpu, pool }): Build => ({ startMs, endMs: startMs + length * QUARTER_MS, cpu, pool })),
    { minLength: 1, maxLength: 25 },
  );

const figures = (days: readonly DailyDemand[] | undefined) =>
  days?.map(({ date, hours, maximum, median }) => ({ date, hours, maximum, median }));

/** What a day without any build is: unknown. */
const unknownWhere = (whole: readonly OracleDay[], days: readonly OracleDay[]) =>
  days.map((day, at) => (whole[at]?.maximum === 0 ? { ...day, maximum: null, median: null } : day));

/** Numbers kept in memory, as a file would keep them. */
class ArrayStore implements NumberStore {
  readonly numbers: number[] = [];
  append(values: Float64Array): void {
    this.numbers.push(...values);
  }
  read(from: number, into: Float64Array): void {
    into.set(this.numbers.slice(from, from + into.length));
  }
}

describe('demandOf', () => {
  test.each(CHANGES)('is what counting quarter-hours gives, in %s', (timeZone, ms) => {
    fc.assert(
      fc.property(buildsAround(ms), (builds) => {
        const demand = demandOf(builds, { timeZone });

        const whole = oracleDays(builds, timeZone);
        expect(figures(demand.whole.concurrency)).toEqual(unknownWhere(whole, whole));
        const thousandths = oracleDays(builds, timeZone, ({ cpu = 0 }) => Math.round(cpu * 1000));
        const cores = thousandths.map((day) => ({ ...day, maximum: day.maximum / 1000, median: day.median / 1000 }));
        expect(figures(demand.whole.cpu)).toEqual(unknownWhere(whole, cores));
        const gate = oracleDays(builds, timeZone, ({ pool }) => (pool === 'gate' ? 1 : 0));
        if (builds.some(({ pool }) => pool === 'gate')) {
          expect(figures(demand.pools.get('gate')?.concurrency)).toEqual(unknownWhere(whole, gate));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the order of builds does not matter', () => {
    const options = { builds: 5000, days: 20 };
    const sorted = (order: 'start' | 'end') => demandOf(generateBuilds(7, { ...options, order }), { timeZone: 'UTC' });
    const random = plain(demandOf(generateBuilds(7, options), { timeZone: 'UTC' }));

    expect(plain(sorted('start'))).toEqual(random);
    expect(plain(sorted('end'))).toEqual(random);
  });

  test('what is spilled in many runs gives the same', () => {
    const builds = [...generateBuilds(3, { builds: 20_000, days: 10 })];
    const store = new ArrayStore();

    const spilled = demandOf(builds, { timeZone: 'Europe/Berlin', store, runSize: 900 });

    expect(store.numbers).toHaveLength(20_000 * 2 * 4);
    expect(plain(spilled)).toEqual(plain(demandOf(builds, { timeZone: 'Europe/Berlin' })));
  });

  test('nothing is spilled that memory has room for', () => {
    const store = new ArrayStore();

    demandOf(generateBuilds(3, { builds: 900 }), { timeZone: 'UTC', store, runSize: 900 });

    expect(store.numbers).toEqual([]);
  });

  test('a build that ends when another starts does not overlap it', () => {
    const at = Date.UTC(2019, 5, 9, 12);
    const builds = [
      { startMs: at, endMs: at + HOUR },
      { startMs: at + HOUR, endMs: at + 2 * HOUR },
      { startMs: at - HOUR, endMs: at },
    ];
    expect(demandOf(builds, { timeZone: 'UTC' }).whole.concurrency[0]).toMatchObject({ maximum: 1, median: 0 });
  });

  test('a build that ends at midnight takes nothing of the next day', () => {
    const midnight = Date.UTC(2019, 5, 10);
    const { whole } = demandOf([{ startMs: midnight - HOUR, endMs: midnight }], { timeZone: 'UTC' });
    expect(whole.concurrency.map(({ date }) => date)).toEqual(['2019-06-09']);
  });

  test('a build over several days counts on each of them', () => {
    const { whole } = demandOf([{ startMs: Date.UTC(2019, 5, 9), endMs: Date.UTC(2019, 5, 12) }], { timeZone: 'UTC' });
    expect(figures(whole.concurrency)).toEqual(
      ['2019-06-09', '2019-06-10', '2019-06-11'].map((date) => ({ date, hours: 24, maximum: 1, median: 1 })),
    );
  });

  test('builds of no length take no slot, and the day is unknown when there are no others', () => {
    const midnight = Date.UTC(2019, 5, 10);
    const { whole } = demandOf([{ startMs: midnight, endMs: midnight }], { timeZone: 'UTC' });
    expect(whole.concurrency).toMatchObject([{ date: '2019-06-10', maximum: null, median: null }]);
  });

  test('a date that a zone skipped is none', () => {
    const builds = [{ startMs: Date.UTC(2011, 11, 29, 12), endMs: Date.UTC(2011, 11, 31, 12) }];
    const dates = demandOf(builds, { timeZone: 'Pacific/Apia' }).whole.concurrency.map(({ date }) => date);
    expect(dates).toEqual(['2011-12-29', '2011-12-31', '2012-01-01']);
  });

  test('the seven-day median is that of the daily medians, and skips days of which nothing is known', () => {
    const median = (day: number, level: number): Build[] =>
      Array.from({ length: level }, () => ({ startMs: Date.UTC(2019, 5, day), endMs: Date.UTC(2019, 5, day + 1) }));
    const builds = [median(1, 9), median(2, 1), median(3, 2), median(5, 4), median(6, 3), median(7, 8), median(8, 5)];

    const { whole } = demandOf(builds.flat(), { timeZone: 'UTC' });

    expect(whole.concurrency.map(({ movingMedian7 }) => movingMedian7)).toEqual([
      ...Array(6).fill(null),
      (3 + 4) / 2, // of 9 1 2 . 4 3 8
      (3 + 4) / 2, // of 1 2 . 4 3 8 5
    ]);
  });

  test('memory adds up exactly, to the byte', () => {
    const build = { startMs: Date.UTC(2019, 5, 9), endMs: Date.UTC(2019, 5, 10), memoryBytes: 6 * 2 ** 30 + 1 };
    const { whole } = demandOf(Array(999).fill(build), { timeZone: 'UTC' });
    expect(whole.memory?.[0]).toMatchObject({ maximum: 999 * (6 * 2 ** 30 + 1), median: 999 * (6 * 2 ** 30 + 1) });
    expect(whole.cpu).toBeUndefined();
  });

  test('throws when there are no builds', () => {
    expect(() => demandOf([], { timeZone: 'UTC' })).toThrow('there are no builds');
  });

  test.each(['Mars/Olympus', '+02:00', ''])('throws when the time zone is %j', (timeZone) => {
    expect(() => new DemandSweep({ timeZone })).toThrow(
      `time zone '${timeZone}' is not known; allowed is an IANA name, such as UTC or Europe/Berlin`,
    );
  });
});

describe('warnings of demand', () => {
  const day = (date: string, build: Partial<Build> = {}): Build => {
    const startMs = Date.parse(`${date}T00:00Z`);
    return { startMs, endMs: startMs + DAY, ...build };
  };
  const days = (count: number, build: Partial<Build> = {}) =>
    Array.from({ length: count }, (_, at) =>
      day(new Date(Date.UTC(2019, 5, 1 + at)).toISOString().slice(0, 10), build),
    );
  const warningsOf = (builds: readonly Build[]) => demandOf(builds, { timeZone: 'UTC' }).warnings;

  test('there are none for two whole weeks', () => {
    expect(warningsOf(days(14))).toEqual([]);
  });

  test('days without any build are named, and are unknown', () => {
    const builds = days(30).filter((_, at) => at !== 3 && at !== 10 && at !== 11);
    const demand = demandOf(builds, { timeZone: 'UTC' });
    expect(demand.warnings).toMatchObject([
      {
        code: 'gaps',
        message: expect.stringContaining('on 3 of 30 days no build ran: 2019-06-04, 2019-06-11 to 2019-06-12;'),
      },
    ]);
    expect(demand.whole.concurrency[3]).toMatchObject({ date: '2019-06-04', maximum: null, median: null });
  });

  test('days the log begins or ends in are named', () => {
    const builds = [{ ...day('2019-06-01'), startMs: Date.UTC(2019, 5, 1, 8) }, ...days(20).slice(1)];
    expect(warningsOf(builds)).toMatchObject([
      { code: 'incomplete-days', message: expect.stringContaining('the log begins or ends within 2019-06-01:') },
    ]);
  });

  test('few days are said to be few', () => {
    expect(warningsOf(days(13))).toMatchObject([
      { code: 'few-days', message: expect.stringContaining('13 whole days') },
    ]);
  });

  test('builds that do not say what the others say are counted', () => {
    const builds = [...days(20, { cpu: 2, memoryBytes: 2 ** 30, pool: 'gate' }), day('2019-06-03')];
    expect(warningsOf(builds).map(({ code, message }) => [code, message.split(':')[0]])).toEqual([
      ['missing-cpu', '1 of 21 builds do not say their CPU'],
      ['missing-memory', '1 of 21 builds do not say their memory'],
      ['missing-pool', '1 builds say no pool'],
    ]);
  });

  test('machines in place of pools are shown together', () => {
    const builds = Array.from({ length: 70 }, (_, at) => day('2019-06-01', { pool: `agent-${at}` }));
    const demand = demandOf([...days(20), ...builds], { timeZone: 'UTC' });
    expect(demand.pools.size).toBe(65);
    expect(demand.pools.get('(other pools)')?.concurrency[0]?.maximum).toBe(6);
    expect(demand.warnings).toMatchObject([{ code: 'too-many-pools' }, { code: 'missing-pool' }]);
  });
});

/** With the order of pools. */
const plain = (demand: Demand) => ({ ...demand, pools: [...demand.pools] });
