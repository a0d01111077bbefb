import { type Days, regularDays } from './days';
import { continueValues } from './forecast';
import { exponentialSmoothingPeer, type Peer, seasonalNaivePeer } from './peers';
import { scoreTrials, type Trial } from './score';
import type { Backtest, BacktestOptions, DayValue, ForecastWarning } from './types';
import { verdictOf } from './verdict';

/** The proposal's period, and the least by which origins are apart so that no day is judged twice. */
const DEFAULT_HORIZON_DAYS = 28;
const DEFAULT_ORIGINS = 6;

const ours: Peer = {
  name: 'ours',
  leastValues: 1,
  predict: (values, horizon) => continueValues(values, horizon).days,
};
const COMPARED: readonly Peer[] = [ours, seasonalNaivePeer, exponentialSmoothingPeer];
const LEAST_HISTORY = Math.max(...COMPARED.map(({ leastValues }) => leastValues));

/** Forecasts of one model from each origin. Throws when the model does. */
function tryOut(model: Peer, { values, known }: Days, starts: readonly number[], horizon: number): Trial[] {
  return starts.map((start) => ({
    days: model.predict(values.slice(0, start), horizon),
    seen: values.slice(start, start + horizon).map((value, day) => (known[start + day] ? value : Number.NaN)),
  }));
}

/**
 * Forecasts the series' own past from several days, each time with only what came before (rolling origin), and scores
 * the forecast beside seasonal naive and exponential smoothing. Days that were gaps are not judged. A history with no
 * room for one origin gives no rows and a warning. Deterministic; takes as long as `origins` forecasts.
 *
 * Throws one line for what `forecast` throws for.
 */
export function backtest(series: readonly DayValue[], options: BacktestOptions = {}): Backtest {
  const horizonDays = options.horizonDays ?? DEFAULT_HORIZON_DAYS;
  const days = regularDays(series);
  const room = Math.floor((days.values.length - LEAST_HISTORY) / horizonDays);
  const origins = Math.max(0, Math.min(room, options.origins ?? DEFAULT_ORIGINS));
  if (origins === 0) {
    const message = `${days.values.length} days have no room for a back-test: ${LEAST_HISTORY} to learn from and ${horizonDays} to judge are needed`;
    const warning: ForecastWarning = { code: 'backtest-short', message };
    return { rows: [], verdict: verdictOf([]), horizonDays, origins, warnings: [...days.warnings, warning] };
  }
  const starts = Array.from({ length: origins }, (_, n) => days.values.length - (origins - n) * horizonDays);
  const warnings: ForecastWarning[] = [...days.warnings];
  const rows = COMPARED.flatMap((model) => {
    try {
      return [scoreTrials(model.name, tryOut(model, days, starts, horizonDays))];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warnings.push({ code: 'forecast-model-failed', message: `${model.name} is not compared: ${reason}` });
      return [];
    }
  });
  return { rows, verdict: verdictOf(rows), horizonDays, origins, warnings };
}
