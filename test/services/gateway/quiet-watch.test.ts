import { QUIET_MS, QuietWatch } from '../../../services/gateway/quiet-watch';

let looks: number;
let watch: QuietWatch;

beforeEach(() => {
  jest.useFakeTimers();
  looks = 0;
  watch = new QuietWatch(() => {
    looks += 1;
  });
  watch.start();
});
afterEach(() => {
  watch.stop();
  jest.useRealTimers();
});

test('a stream that is up and says nothing for 30 seconds makes us look, again and again', () => {
  watch.heard();
  jest.advanceTimersByTime(QUIET_MS - 1);
  expect(looks).toBe(0);

  jest.advanceTimersByTime(QUIET_MS / 3);
  expect(looks).toBe(1);

  jest.advanceTimersByTime(3 * QUIET_MS);
  expect(looks).toBe(4);
});

test('one that speaks does not', () => {
  for (let second = 0; second < 300; second++) {
    watch.heard();
    jest.advanceTimersByTime(1_000);
  }

  expect(looks).toBe(0);
});

test('nor does one that is down: its return makes us look anyway', () => {
  watch.heard();
  watch.ended();
  jest.advanceTimersByTime(10 * QUIET_MS);

  expect(looks).toBe(0);
});
