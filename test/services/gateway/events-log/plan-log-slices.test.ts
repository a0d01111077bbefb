import fc from 'fast-check';
import {
  halveSlice,
  mayBeCut,
  planLogReading,
  planSlices,
  type TimeSlice,
} from '../../../../services/gateway/events-log/plan-log-slices';
import { renderServerTime } from '../../../../services/gateway/events-log/render-server-time';

const moment = fc.integer({ min: Date.parse('2020-01-01T00:00:00Z'), max: Date.parse('2040-01-01T00:00:00Z') });
const limit = fc.integer({ min: 1, max: 20_000 });
const MINUTE = 60_000;

/** The first slices from a moment on. */
const some = (from: number, most: number, before = Number.POSITIVE_INFINITY): TimeSlice[] => {
  const slices: TimeSlice[] = [];
  for (const slice of planSlices(from, before, most)) {
    slices.push(slice);
    if (slices.length === 3) {
      break;
    }
  }
  return slices;
};
/** Whole seconds of a slice, and of its halves again and again. */
function secondsOf(slice: TimeSlice): number[] {
  const halves = halveSlice(slice);
  return halves === undefined ? [slice.from] : halves.flatMap(secondsOf);
}

describe('slices', () => {
  test('leave no second out and take none twice, halved as often as may be', () => {
    fc.assert(
      fc.property(moment, limit, (from, most) => {
        const seconds = some(from, most).flatMap(secondsOf);
        const start = Math.ceil(from / 1000) * 1000;
        expect(seconds).toEqual(seconds.map((_, index) => start + index * 1000));
      }),
    );
  });

  test('are never so long that a server which logs at its fastest has more rows than it answers with', () => {
    fc.assert(
      fc.property(moment, limit, (from, most) => {
        for (const { from: start, to } of some(from, most)) {
          expect(((to - start) / 1000 + 1) * 50).toBeLessThanOrEqual(Math.max(50, most));
        }
      }),
    );
  });

  test('end before the second in which another reading began', () => {
    const from = Date.parse('2026-11-30T12:00:10.999Z');

    expect(some(from, 5000, from + 20_000)).toEqual([{ from: from + 1, to: from + 1 + 19_000 }]);
    expect(some(from, 5000, from)).toEqual([]);
  });

  // Clocks are changed at full minutes: to the second before 3 o'clock there follows the one after 2 o'clock.
  test.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'UTC'])(
    'never end before they begin on the clock of a server in %s, whatever the day',
    (timeZone) => {
      fc.assert(
        fc.property(moment, limit, (from, most) => {
          for (const slice of some(from, most)) {
            const [begin, end] = [slice.from, slice.to].map((at) =>
              Date.parse(`${renderServerTime(at, timeZone).replace(' ', 'T')}Z`),
            );
            expect((end ?? 0) - (begin ?? 0)).toBe(slice.to - slice.from);
          }
        }),
      );
    },
  );

  test('around the hour that comes twice stay in order', () => {
    // 03:00 CEST is 02:00 CET.
    const change = Date.parse('2026-10-25T01:00:00Z');
    const [before, after] = some(change - 30_000, 5000);

    expect(before).toEqual({ from: change - 30_000, to: change - 1000 });
    expect(renderServerTime(before?.to ?? 0, 'Europe/Berlin')).toBe('2026-10-25 02:59:59');
    expect(renderServerTime(after?.from ?? 0, 'Europe/Berlin')).toBe('2026-10-25 02:00:00');
  });
});

test('an answer of half the limit may be cut already: rows that we may not see count too', () => {
  expect(mayBeCut(0, 5000)).toBe(false);
  expect(mayBeCut(2499, 5000)).toBe(false);
  expect(mayBeCut(2500, 5000)).toBe(true);
});

describe('a reading', () => {
  const until = Date.parse('2026-11-30T12:00:00Z');

  test('overlaps the one before by what the plug-in may be late, and the wide one by a day', () => {
    expect(planLogReading({ floor: 0, until }, 0)).toEqual({
      fillFrom: until - 5 * MINUTE,
      rescanFrom: until - 24 * 60 * MINUTE,
    });
  });

  test('never goes back before the log was first read, or to what the ledger may have forgotten', () => {
    const floor = until - MINUTE;
    expect(planLogReading({ floor, until }, 0)).toEqual({ fillFrom: floor, rescanFrom: floor });

    const oldest = until + 60 * MINUTE;
    expect(planLogReading({ floor, until }, oldest)).toEqual({ fillFrom: oldest, rescanFrom: oldest });
  });
});

test('times are told on the server’s clock', () => {
  const at = Date.parse('2026-07-01T22:30:05.999Z');

  expect(renderServerTime(at, 'UTC')).toBe('2026-07-01 22:30:05');
  expect(renderServerTime(at, 'Europe/Berlin')).toBe('2026-07-02 00:30:05');
  expect(renderServerTime(at, 'America/New_York')).toBe('2026-07-01 18:30:05');
});
