import { type Model, WEEK } from './model';

/** How a weekday regression looks at the past. */
export interface Outlook {
  /** Days after which a value counts half, and after which a trend seen is believed half. */
  readonly halfLife: number;
  /** Whether the level may follow a line; if not, it stays what it is. */
  readonly trend: boolean;
}

/** Rounds of fitting line and week in turn: the two hardly overlap, so three settle it. */
const ROUNDS = 3;
/** Weight of the belief that a weekday is like every other, in days seen of it. */
const WEEKDAY_SHRINKAGE = 1;

/** A line through the last value's day: day 0 is the last, days before are negative. */
interface Line {
  readonly level: number;
  readonly slope: number;
}

/** The sum of weight × of(day, value) over all values, days counted back from the last as 0. */
function weigh(values: readonly number[], weights: readonly number[], of: (day: number, value: number) => number) {
  return values.reduce((sum, value, index) => sum + (weights[index] ?? 0) * of(index - values.length + 1, value), 0);
}

function fitLine(values: readonly number[], weights: readonly number[], trend: boolean): Line {
  const total = weigh(values, weights, () => 1);
  const meanDay = weigh(values, weights, (day) => day) / total;
  const mean = weigh(values, weights, (_, value) => value) / total;
  if (!trend) {
    return { level: mean, slope: 0 };
  }
  const slope =
    weigh(values, weights, (day, value) => (day - meanDay) * (value - mean)) /
    weigh(values, weights, (day) => (day - meanDay) ** 2);
  return { level: mean - slope * meanDay, slope };
}

/** What each weekday differs from the line by; index 0 is the weekday of the first value. */
function fitWeek(values: readonly number[], weights: readonly number[], line: Line): number[] {
  const sums = new Array<number>(WEEK).fill(0);
  const totals = new Array<number>(WEEK).fill(WEEKDAY_SHRINKAGE);
  values.forEach((value, index) => {
    const weight = weights[index] ?? 0;
    const weekday = index % WEEK;
    sums[weekday] = (sums[weekday] ?? 0) + weight * (value - line.level - line.slope * (index - values.length + 1));
    totals[weekday] = (totals[weekday] ?? 0) + weight;
  });
  return sums.map((sum, weekday) => sum / (totals[weekday] ?? 1));
}

/**
 * A level or a line, plus what each weekday differs by, by least squares in which the recent past counts more. The
 * slope fades with the same half-life: what was seen to grow for three months is not known to grow for a year (a
 * damped trend after Gardner and McKenzie, 1985).
 */
export function weekdayRegression({ halfLife, trend }: Outlook): Model {
  const fade = 0.5 ** (1 / halfLife);
  return {
    name: `weekday ${trend ? 'line' : 'level'}, half-life ${halfLife} days`,
    leastValues: 2 * WEEK,
    predict: (values, horizon) => {
      const weights = values.map((_, index) => fade ** (values.length - 1 - index));
      let week: readonly number[] = [];
      let line: Line = { level: 0, slope: 0 };
      for (let round = 0; round < ROUNDS; round++) {
        const withoutWeek = values.map((value, index) => value - (week[index % WEEK] ?? 0));
        line = fitLine(withoutWeek, weights, trend);
        week = fitWeek(values, weights, line);
      }
      return Array.from({ length: horizon }, (_, ahead) => {
        const faded = (1 - fade ** (ahead + 1)) / (1 - fade);
        return line.level + line.slope * fade * faded + (week[(values.length + ahead) % WEEK] ?? 0);
      });
    },
  };
}
