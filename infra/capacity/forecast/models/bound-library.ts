import { type Model, WEEK } from './model';

/** Days a library's trend is believed; after them its last week is repeated. */
const TREND_DAYS = 56;
/** Days a library is given: a year and a month. More costs time, and was not seen to help. */
const MEMORY_DAYS = 400;

/** A library's model within bounds: of how much it is given, and of how long its trend may go on. */
export function boundLibrary(model: Model): Model {
  return {
    ...model,
    predict: (values, horizon) => {
      const near = model.predict(values.slice(-MEMORY_DAYS), Math.min(TREND_DAYS, horizon));
      const lastWeek = near.slice(-WEEK);
      return Array.from({ length: horizon }, (_, day) => near[day] ?? lastWeek[(day - near.length) % WEEK] ?? 0);
    },
  };
}
