import { eventCount } from '../../../bench/event-path/event-count';

test('a measurement has as many events as it has by itself, unless somebody says otherwise', () => {
  expect(eventCount(1_000, undefined)).toBe(1_000);
  expect(eventCount(1_000, '')).toBe(1_000);
  expect(eventCount(1_000, '60')).toBe(60);
});

test.each(['many', '0', '39', '1.5', '-100', '10000001'])('%s events are refused with what is allowed', (text) => {
  expect(() => eventCount(1_000, text)).toThrow(
    `SEAKEEPER_EVENTS is '${text}', allowed is a whole number from 40 to 10000000`,
  );
});
