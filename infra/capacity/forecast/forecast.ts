import type { Continued } from './continued';
import { addDays, type Days, regularDays } from './days';
import { forecastByEnsemble, isLongEnough } from './ensemble';
import { forecastShort } from './short';
import { trendAlongP90 } from './trend';
import type { DayValue, Forecast, ForecastOptions, ForecastWarning, Trend } from './types';

/** Farthest day that is forecast: thirteen of the proposal's 28-day periods and a month of room. */
export const MAX_HORIZON_DAYS = 400;

/** Decimals of what is printed: far below any error, and enough that two machines print the same. */
const DECIMALS = 4;
const round = (value: number) => Number(value.toFixed(DECIMALS));

function warnOfValues({ values }: Days): ForecastWarning[] {
  const zeros = values.filter((value) => value === 0).length;
  const [first] = values;
  if (values.length > 1 && values.every((value) => value === first)) {
    const message = `every one of ${values.length} days is ${first}, so nothing can be learned of its spread; check the input`;
    return [{ code: 'forecast-constant', message }];
  }
  return zeros * 2 > values.length
    ? [
        {
          code: 'forecast-zeros',
          message: `${zeros} of ${values.length} days are 0: quantiles of mostly idle days say little of busy ones`,
        },
      ]
    : [];
}

function warnOfHorizon({ values }: Days, horizon: number): ForecastWarning[] {
  return horizon > values.length
    ? [
        {
          code: 'forecast-far',
          message: `${horizon} days are forecast from ${values.length}: days beyond the length of the history rest on its trend alone`,
        },
      ]
    : [];
}

function warnOfTrend({ intercept, coefficient28 }: Trend): ForecastWarning[] {
  return Number.isNaN(coefficient28)
    ? [
        {
          code: 'forecast-no-base',
          message: `the line along the P90 begins at ${intercept.toFixed(2)}, and growth from 0 or less is no ratio: the 28-day coefficient is left out`,
        },
      ]
    : [];
}

/** Continues values without gaps by the best method their number allows. */
export function continueValues(values: readonly number[], horizon: number): Continued {
  return isLongEnough(values.length) ? forecastByEnsemble(values, horizon) : forecastShort(values, horizon);
}

/**
 * P10, P50 and P90 of each of the next days, with the trend along the P90. Deterministic. Values are daily and from 0 up;
 * gaps are filled, and said so. Fewer than 7 weeks get a simpler method and a warning, fewer than 2 no weekly season.
 *
 * Throws one line for a date or value that is none, a series without a known day, and a horizon out of 1 to 400.
 */
export function forecast(series: readonly DayValue[], { horizonDays }: ForecastOptions): Forecast {
  if (!Number.isInteger(horizonDays) || horizonDays < 1 || horizonDays > MAX_HORIZON_DAYS) {
    throw new Error(`horizonDays is ${horizonDays}, allowed is a whole number from 1 to ${MAX_HORIZON_DAYS}`);
  }
  const days = regularDays(series);
  const { days: quantiles, method, warnings } = continueValues(days.values, horizonDays);
  const points = quantiles.map(([p10, p50, p90], day) => ({
    date: addDays(days.first, days.values.length + day),
    p10: round(p10),
    p50: round(p50),
    p90: round(p90),
  }));
  const trend = trendAlongP90(points);
  return {
    points,
    trend,
    method,
    warnings: [
      ...days.warnings,
      ...warnOfValues(days),
      ...warnings,
      ...warnOfHorizon(days, horizonDays),
      ...warnOfTrend(trend),
    ],
  };
}
