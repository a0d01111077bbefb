import {
  erlangsCarried,
  probabilityOfWaiting,
  probabilityOfWaitingLonger,
  slotsFor,
  waitOf,
} from '../../../../infra/capacity/queueing/erlang-c';

const MEAN = 600;
const GOAL = { seconds: 60, share: 0.95 };

/** Erlang C by its definition, with sums of logarithms: slow, and right where the recursion could go wrong. */
function byDefinition(slots: number, erlangs: number): number {
  let logTerm = 0;
  const logs = [0];
  for (let k = 1; k <= slots; k += 1) {
    logTerm += Math.log(erlangs / k);
    logs.push(logTerm);
  }
  const last = (logs[slots] ?? 0) + Math.log(slots / (slots - erlangs));
  const top = Math.max(last, ...logs);
  const sum = logs.slice(0, slots).reduce((total, log) => total + Math.exp(log - top), 0);
  return Math.exp(last - top) / (sum + Math.exp(last - top));
}

describe('slotsFor', () => {
  test.each([
    [20, 27],
    [40, 49],
    [50, 60],
    [55, 65],
    [60, 71],
    [80, 92],
    [90, 102],
  ])('%d erlangs of ten-minute builds need %d slots for 95 % within a minute', (erlangs, slots) => {
    expect(slotsFor({ erlangs, meanSeconds: MEAN }, GOAL)).toBe(slots);
  });

  test('one slot fewer misses the goal, at every size up to 2,000 erlangs', () => {
    for (let erlangs = 0.5; erlangs <= 2000; erlangs *= 1.7) {
      const load = { erlangs, meanSeconds: MEAN };
      const slots = slotsFor(load, GOAL);
      expect(probabilityOfWaitingLonger(slots, load, GOAL.seconds)).toBeLessThanOrEqual(0.05);
      expect(probabilityOfWaitingLonger(slots - 1, load, GOAL.seconds)).toBeGreaterThan(0.05);
    }
  });

  test('no work needs no slot', () => {
    expect(slotsFor({ erlangs: 0, meanSeconds: MEAN }, GOAL)).toBe(0);
  });

  test.each([
    [{ erlangs: Number.NaN, meanSeconds: MEAN }, GOAL, 'erlangs is NaN'],
    [{ erlangs: 5, meanSeconds: 0 }, GOAL, 'meanSeconds is 0; it must be more than 0'],
    [{ erlangs: 5, meanSeconds: MEAN }, { seconds: 60, share: 1 }, 'share is 1; it must be between 0 and 1'],
  ])('throws when a number is impossible (%#)', (load, goal, message) => {
    expect(() => slotsFor(load, goal)).toThrow(message);
  });
});

describe('probabilityOfWaiting', () => {
  test.each([
    [1, 0.5],
    [27, 20],
    [500, 480],
    [2000, 1950],
    [3000, 2990],
  ])('%d slots under %d erlangs agree with the definition to twelve digits', (slots, erlangs) => {
    const exact = byDefinition(slots, erlangs);
    expect(Math.abs(probabilityOfWaiting(slots, erlangs) / exact - 1)).toBeLessThan(1e-10);
  });

  test('one slot makes builds wait as often as it is taken', () => {
    expect(probabilityOfWaiting(1, 0.3)).toBeCloseTo(0.3, 15);
  });

  test('slots that never catch up make everything wait', () => {
    expect(probabilityOfWaiting(10, 10)).toBe(1);
    expect(probabilityOfWaitingLonger(10, { erlangs: 12, meanSeconds: MEAN }, 1e9)).toBe(1);
  });

  test('far too many slots make nothing wait', () => {
    expect(probabilityOfWaiting(5000, 3)).toBe(0);
  });
});

describe('waitOf', () => {
  test('is the wait that the rest exceeds', () => {
    const load = { erlangs: 60, meanSeconds: MEAN };
    const seconds = waitOf(66, load, 0.95);
    expect(probabilityOfWaitingLonger(66, load, seconds)).toBeCloseTo(0.05, 12);
  });

  test('nobody of the share waits where the others are enough to', () => {
    expect(waitOf(90, { erlangs: 60, meanSeconds: MEAN }, 0.95)).toBe(0);
  });

  test('slots that never catch up make builds wait for ever', () => {
    expect(waitOf(60, { erlangs: 60, meanSeconds: MEAN }, 0.95)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('erlangsCarried', () => {
  test.each([
    [68, 57.9],
    [99, 87.4],
  ])('%d slots carry about %d erlangs of ten-minute builds', (slots, erlangs) => {
    expect(Math.abs(erlangsCarried(slots, MEAN, GOAL) - erlangs)).toBeLessThan(0.1);
  });
});
