import fc from 'fast-check';
import { CronSchedule, CronText } from '../../core/cron-schedule';

const MINUTE = 60_000;
const at = (text: string): number => Date.parse(`${text}:00Z`);
const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString().slice(0, 16);

function schedule(text: string): CronSchedule {
  const parsed = CronSchedule.parse(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

// A Monday.
const FROM = at('2026-11-30T12:30');

test.each([
  ['every minute', '* * * * *', '2026-11-30T12:31'],
  ['each day at three', '0 3 * * *', '2026-12-01T03:00'],
  ['a list and a range', '15,45 9-17 * * *', '2026-11-30T12:45'],
  ['steps', '*/20 * * * *', '2026-11-30T12:40'],
  ['steps from a value on', '5/30 * * * *', '2026-11-30T12:35'],
  ['a range in steps', '0 0-23/6 * * *', '2026-11-30T18:00'],
  ['weekdays by name', '0 4 * * tue-fri', '2026-12-01T04:00'],
  ['Sunday, whose number is 0', '0 4 * * 0', '2026-12-06T04:00'],
  ['Sunday, whose number is 7 too', '0 4 * * 7', '2026-12-06T04:00'],
  ['a range up to Sunday', '0 4 * * 6-7', '2026-12-05T04:00'],
  ['months by name', '0 0 1 feb *', '2027-02-01T00:00'],
  ['either day, where both are said', '0 0 13 * fri', '2026-12-04T00:00'],
  ['both, where one is any in steps', '0 0 */2 * tue', '2026-12-01T00:00'],
  ['a day that few years have', '0 0 29 2 *', '2028-02-29T00:00'],
  ['a day that one year in 28 has', '0 0 29 2 */6', '2032-02-29T00:00'],
])('%s', (_what, text, expected) => {
  expect(iso(schedule(text).next(FROM))).toBe(expected);
});

test.each([
  ['* * * *', 'it has 4 fields'],
  ['60 * * * *', "minute '60' is not within 0-59"],
  ['* 24 * * *', "hour '24' is not within 0-23"],
  ['* * 0 * *', "day of month '0' is not within 1-31"],
  ['* * * foo *', "month 'foo' is not within 1-12"],
  ['* * * * 8', "day of week '8' is not within 0-7"],
  ['5-1 * * * *', "minute '5-1' is not within"],
  ['*/0 * * * *', "minute '*/0' is not within"],
  ['1,,2 * * * *', "minute '' is none"],
  ['@daily', 'it has 1 fields'],
  ['0 0 31 2 *', 'there is no such day'],
])('%j is refused, and why', (text, why) => {
  const message = CronText.safeParse(text).error?.issues[0]?.message;

  expect(message).toContain(`'${text}' is no schedule`);
  expect(message).toContain(why);
});

const field = (from: number, to: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: from, max: to }).map(String),
    fc.integer({ min: 2, max: 20 }).map((step) => `*/${step}`),
    fc
      .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
      .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
  );
const texts = fc
  .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
  .map((fields) => fields.join(' '));
const moments = fc.integer({ min: at('2020-01-01T00:00'), max: at('2040-01-01T00:00') });

test('an instant is the last one until the next one', () => {
  fc.assert(
    fc.property(texts, moments, (text, moment) => {
      const plan = schedule(text);
      const next = plan.next(moment) ?? Number.NaN;
      const last = plan.last(moment) ?? Number.NaN;

      expect(next).toBeGreaterThan(moment);
      expect(last).toBeLessThanOrEqual(moment);
      expect(plan.last(next)).toBe(next);
      expect(plan.last(next - 1)).toBe(last);
      expect(plan.next(last)).toBe(next);
      expect([next % MINUTE, last % MINUTE]).toEqual([0, 0]);
    }),
    { numRuns: 200 },
  );
});
