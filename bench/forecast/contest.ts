import { z } from 'zod';
import { seasonalNaivePeer } from '../../infra/capacity/forecast/peers';
import { scoreTrials, type Trial } from '../../infra/capacity/forecast/score';
import { CONTESTANTS } from './contestants';
import type { GeneratedSeries } from './generator';

/** What is forecast of each series. */
export const Rules = z.object({
  /** Days forecast from each origin; origins are as far apart, so that no day is judged twice. */
  horizonDays: z.number(),
  origins: z.number(),
  /** Fewest days a series must have. */
  leastDays: z.number(),
});
export type Rules = z.infer<typeof Rules>;

/** One contestant on one series: a row of its losses, and more. */
export const Score = z.object({
  model: z.string(),
  wql10: z.number(),
  wql50: z.number(),
  wql90: z.number(),
  coverage90: z.number(),
  series: z.string(),
  /** Sum of what came: what a loss is to be multiplied with to be added up over series. */
  total: z.number(),
  /** Slowest of its forecasts. */
  seconds: z.number(),
  /** How often it failed, and seasonal naive was taken for its forecast instead. */
  failures: z.number(),
});
export type Score = z.infer<typeof Score>;

/**
 * Every contestant's forecasts of the last days of a series, each from what came before only, and what they lost. Nothing
 * for a series that is too short.
 */
export function contest({ name, values }: GeneratedSeries, { horizonDays, origins, leastDays }: Rules): Score[] {
  if (values.length < leastDays) {
    return [];
  }
  const starts = Array.from({ length: origins }, (_, n) => values.length - (origins - n) * horizonDays);
  const total = values.slice(starts[0]).reduce((sum, value) => sum + value, 0);
  return CONTESTANTS.map((contestant) => {
    let seconds = 0;
    let failures = 0;
    const trials = starts.map((start): Trial => {
      const past = values.slice(0, start);
      const begun = performance.now();
      const seen = values.slice(start, start + horizonDays);
      try {
        return { days: contestant.predict(past, horizonDays), seen };
      } catch {
        failures++;
        return { days: seasonalNaivePeer.predict(past, horizonDays), seen };
      } finally {
        seconds = Math.max(seconds, (performance.now() - begun) / 1000);
      }
    });
    return { ...scoreTrials(contestant.name, trials), series: name, total, seconds, failures };
  });
}
