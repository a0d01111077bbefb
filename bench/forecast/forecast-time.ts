import { z } from 'zod';
import { type Benchmark, compare } from '../measurement';
import { runWorker } from './run-contest';

const WHAT = 's for the forecast of 252 days from 730';
const PEER = "the arima package's automatic ARIMA";
const Samples = z.object({ ours: z.array(z.number()), peer: z.array(z.number()) });

/** How long one forecast takes, its models' errors on the past included. */
export const forecastTime: Benchmark = {
  names: {
    'forecast.time.p50': `${WHAT}, beside ${PEER}`,
    'forecast.time.max': 'the slowest of them',
  },
  run: async () => {
    const heard: unknown[] = [];
    await runWorker('time-worker', [], (message) => heard.push(message));
    const samples = Samples.parse(heard[0]);
    return [
      compare({ name: 'forecast.time.p50', unit: 's', peer: PEER }, samples, 0.5),
      compare({ name: 'forecast.time.max', unit: 's', peer: PEER }, samples, 1),
    ];
  },
};
