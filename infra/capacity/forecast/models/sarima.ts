import ARIMA from 'arima';
import { type Model, WEEK } from './model';

/** Conditional sum of squares: a hundred times the likelihood's speed on two years, and the same forecast here. */
const CONDITIONAL_SUM_OF_SQUARES = 1;

/**
 * The "airline" model, SARIMA(0,1,1)(0,1,1) with a season of a week (Box and Jenkins, 1970). Of fixed orders, since the
 * automatic search takes seconds for two years and is run here dozens of times.
 */
export const sarima: Model = {
  name: 'SARIMA(0,1,1)(0,1,1)7 (arima)',
  leastValues: 4 * WEEK,
  predict: (values, horizon) => {
    const model = new ARIMA({
      p: 0,
      d: 1,
      q: 1,
      P: 0,
      D: 1,
      Q: 1,
      s: WEEK,
      method: CONDITIONAL_SUM_OF_SQUARES,
      verbose: false,
    });
    try {
      return model.train([...values]).predict(horizon)[0];
    } finally {
      model.destroy();
    }
  },
};
