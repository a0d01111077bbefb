import type { Warning } from '../builds/types';
import type { Counts } from './series-of';
import type { DailyDemand } from './types';

/** Two weeks: with less, no weekday has been seen twice. */
const FEW_DAYS = 14;
/** Stretches of missing days to name. */
const NAMED_GAPS = 5;

/** What a reader must know of the days of all builds. */
export function demandWarnings(days: readonly DailyDemand[], counts: Counts): Warning[] {
  return [...gapWarnings(days), ...edgeWarnings(days), ...shortWarnings(days), ...missingWarnings(counts)];
}

function gapWarnings(days: readonly DailyDemand[]): Warning[] {
  const gaps = gapsOf(days);
  if (gaps.length === 0) return [];
  const missing = days.filter(({ maximum }) => maximum === null).length;
  const names = gaps.slice(0, NAMED_GAPS).map(({ from, to }) => (from === to ? from : `${from} to ${to}`));
  const more = gaps.length > NAMED_GAPS ? ` and ${gaps.length - NAMED_GAPS} more stretches` : '';
  return [
    {
      code: 'gaps',
      message: `on ${missing} of ${days.length} days no build ran: ${names.join(', ')}${more}; they count as unknown and not as 0, since a log does not tell a quiet day from a missing one`,
    },
  ];
}

/** Stretches of days on which nothing ran. */
function gapsOf(days: readonly DailyDemand[]): { from: string; to: string }[] {
  const gaps: { from: string; to: string }[] = [];
  let isOpen = false;
  for (const { date, maximum } of days) {
    const last = gaps.at(-1);
    if (maximum !== null) isOpen = false;
    else if (isOpen && last !== undefined) last.to = date;
    else {
      gaps.push({ from: date, to: date });
      isOpen = true;
    }
  }
  return gaps;
}

function edgeWarnings(days: readonly DailyDemand[]): Warning[] {
  const edges = days.filter(({ complete }) => !complete).map(({ date }) => date);
  if (edges.length === 0) return [];
  return [
    {
      code: 'incomplete-days',
      message: `the log begins or ends within ${edges.join(' and ')}: figures of such a day are of a part of it, and it is left out of forecasts`,
    },
  ];
}

function shortWarnings(days: readonly DailyDemand[]): Warning[] {
  const whole = days.filter(({ complete, maximum }) => complete && maximum !== null).length;
  if (whole >= FEW_DAYS) return [];
  return [
    {
      code: 'few-days',
      message: `${whole} whole days are too few: a weekly pattern shows from ${FEW_DAYS} on, a trend from several months on`,
    },
  ];
}

function missingWarnings({ builds, cpu, memory }: Counts): Warning[] {
  const missing = (code: 'missing-cpu' | 'missing-memory', what: string, said: number): Warning[] =>
    said === 0 || said === builds
      ? []
      : [
          {
            code,
            message: `${builds - said} of ${builds} builds do not say their ${what}: they add nothing to it, so demand by ${what} was higher than shown`,
          },
        ];
  return [...missing('missing-cpu', 'CPU', cpu), ...missing('missing-memory', 'memory', memory)];
}
