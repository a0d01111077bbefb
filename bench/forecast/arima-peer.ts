import ARIMA from 'arima';
import { normalQuantiles, type Peer } from '../../infra/capacity/forecast/peers';

const WEEK = 7;

type Orders = NonNullable<ConstructorParameters<typeof ARIMA>[0]>;

/** ARIMA as its library fits it, with a normal band from the variances it returns beside the means. */
function arimaPeer(name: string, orders: Orders): Peer {
  return {
    name,
    leastValues: 4 * WEEK,
    predict: (values, horizon) => {
      const model = new ARIMA({ ...orders, s: WEEK, verbose: false });
      try {
        const [means, variances] = model.train([...values]).predict(horizon);
        if (!means.every(Number.isFinite) || !variances.every((variance) => variance >= 0)) {
          throw new Error('the library found no model');
        }
        return normalQuantiles(means, (day) => Math.sqrt(variances[day] ?? 0));
      } finally {
        model.destroy();
      }
    },
  };
}

/** Orders searched for by the library within its own bounds, (5,2,5)(2,1,2); narrower ones save time and lose more. */
export const autoArimaPeer = arimaPeer('automatic ARIMA', { auto: true });

/** The "airline" orders, which suit most series with a season, by exact likelihood, the library's default. */
export const airlinePeer = arimaPeer('ARIMA(0,1,1)(0,1,1)7', { p: 0, d: 1, q: 1, P: 0, D: 1, Q: 1 });
