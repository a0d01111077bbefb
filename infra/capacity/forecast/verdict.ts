import type { BacktestRow } from './types';

/** P90 coverage that is right enough. */
export const COVERAGE_RANGE = [0.86, 0.94] as const;

/** Differences in loss smaller than this share are no difference. */
const SAME = 0.005;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function compare(ours: number, peer: number): string {
  const ratio = ours / peer;
  if (Math.abs(ratio - 1) < SAME) {
    return 'as good as';
  }
  return ratio > 1 ? `${percent(ratio - 1)} worse than` : `${percent(1 - ratio)} better than`;
}

/**
 * Says in plain words how the first row's P90 and P50 compare with each other row's, and whether its P90 holds as often as
 * it says. Worse is said first.
 */
export function verdictOf([ours, ...peers]: readonly BacktestRow[]): string {
  if (ours === undefined) {
    return 'The history is too short to test the forecast on it.';
  }
  if (Number.isNaN(ours.wql90)) {
    return 'All that came was 0, so there is no loss to compare by.';
  }
  const lines = peers
    .map((peer) => ({ peer, worse: ours.wql90 > peer.wql90 * (1 + SAME) }))
    .sort((a, b) => Number(b.worse) - Number(a.worse))
    .map(({ peer, worse }) => {
      const line = `at P90 it is ${compare(ours.wql90, peer.wql90)} ${peer.model} (loss ${ours.wql90.toFixed(4)} against ${peer.wql90.toFixed(4)}), at P50 ${compare(ours.wql50, peer.wql50)} it`;
      return worse
        ? `WORSE: on this history the forecast does not earn its keep; ${line}.`
        : `On this history, ${line}.`;
    });
  return [...lines, coverageLine(ours.coverage90)].join(' ');
}

function coverageLine(coverage: number): string {
  const [low, high] = COVERAGE_RANGE;
  const said = `${percent(coverage)} of the days stayed within the P90`;
  if (coverage < low) {
    return `${said}, where 90 % should: it is too low, so add room to what it says.`;
  }
  return coverage > high
    ? `${said}, where 90 % should: it is too high, so it asks for more than needed.`
    : `${said}, where 90 % should: that is right.`;
}
