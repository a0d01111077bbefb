import type { Peer } from '../../infra/capacity/forecast/peers';
import { alternate } from '../alternate';
import { autoArimaPeer } from './arima-peer';
import { OURS } from './contestants';
import { generateAll, TUNING_SEEDS } from './generator';

/** A process, as `contest-worker` is: times ours and automatic ARIMA in turn, each on the same series. */
const DAYS = 730;
const HORIZON_DAYS = 252;
const long = generateAll(TUNING_SEEDS).filter(({ values }) => values.length >= DAYS);

/** A side that takes the next series each time it is run. */
function timed({ predict }: Peer): () => Promise<number> {
  let turn = 0;
  return async () => {
    const values = long[turn++ % long.length]?.values.slice(0, DAYS) ?? [];
    const begun = performance.now();
    predict(values, HORIZON_DAYS);
    return (performance.now() - begun) / 1000;
  };
}

alternate(long.length, { ours: timed(OURS), peer: timed(autoArimaPeer) }, (line) =>
  process.stderr.write(`${line}\n`),
).then(
  (samples) => process.send?.(samples),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  },
);
