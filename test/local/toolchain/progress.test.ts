import { lineProgress, renderDuration } from '../../../local/toolchain/progress';

function recorder(isTTY: boolean) {
  const written: string[] = [];
  return { written, out: { isTTY, write: (text: string) => written.push(text) } };
}

beforeEach(() => jest.useFakeTimers({ now: 0 }));
afterEach(() => jest.useRealTimers());

describe('lineProgress', () => {
  test('away from a terminal it says what, which step, how long so far and how long last time, each half minute', () => {
    const { written, out } = recorder(false);
    const progress = lineProgress(out);

    progress({ kind: 'started', what: 'kubernetes', lastMs: 330_000 });
    progress({ kind: 'step', what: 'kubernetes', step: 'kubelet, 4 of 6' });
    jest.advanceTimersByTime(60_000);
    progress({ kind: 'finished', what: 'kubernetes', tookMs: 75_000 });
    jest.advanceTimersByTime(60_000);

    expect(written).toEqual([
      '  kubernetes: 0s, last time 5m30s\n',
      '  kubernetes (kubelet, 4 of 6): 30s, last time 5m30s\n',
      '  kubernetes (kubelet, 4 of 6): 1m00s, last time 5m30s\n',
      '  kubernetes: done in 1m15s\n',
    ]);
  });

  test('the first time it says how long it takes elsewhere', () => {
    const { written, out } = recorder(false);

    lineProgress(out)({ kind: 'started', what: 'etcd', lastMs: undefined, typicalMs: 45_000 });

    expect(written).toEqual(['  etcd: 0s, about 45s on 2 cores\n']);
  });

  test('on a terminal it rewrites one line', () => {
    const { written, out } = recorder(true);
    const progress = lineProgress(out);

    progress({ kind: 'started', what: 'etcd' });
    jest.advanceTimersByTime(1000);
    progress({ kind: 'finished', what: 'etcd', tookMs: 1000 });

    expect(written).toEqual(['\r\x1b[K  etcd: 0s', '\r\x1b[K  etcd: 1s', '\r\x1b[K  etcd: done in 1s\n']);
  });

  test('waiting for another run names it', () => {
    const { written, out } = recorder(false);

    lineProgress(out)({ kind: 'waiting', holder: 'process 42' });

    expect(written).toEqual(['  process 42 is building; waiting for it\n']);
  });
});

describe('renderDuration', () => {
  test.each([
    [400, '0s'],
    [59_400, '59s'],
    [60_000, '1m00s'],
    [3_605_000, '60m05s'],
  ])('%d ms is %s', (ms, text) => {
    expect(renderDuration(ms)).toBe(text);
  });
});
