import { type Model, WEEK } from './model';

/** Every day is what it was a week before: what a forecast must beat to be worth having. */
export const seasonalNaive: Model = {
  name: 'seasonal naive',
  leastValues: WEEK,
  predict: (values, horizon) => Array.from({ length: horizon }, (_, day) => values.at((day % WEEK) - WEEK) ?? 0),
};
