import { alternate } from '../alternate';
import { type Benchmark, compare, type Measurement, quantile } from '../measurement';
import { growthExponent, type Point } from './growth-exponent';
import { renderInChild, type Side } from './render-in-child';

const REPETITIONS = 3;

/** Stock cdk8s is quadratic in charts: 5,000 would take it minutes and 10,000 most of an hour a run, so it stops at 2,000. */
const SIZES = [
  { name: '1k', size: 1000, peer: 'stock' },
  { name: '2k', size: 2000, peer: 'stock' },
  { name: '5k', size: 5000, peer: 'app-each' },
  { name: '10k', size: 10_000, peer: 'app-each' },
] as const;

const PEERS: Readonly<Record<Exclude<Side, 'ours'>, string>> = {
  stock: 'stock cdk8s: App.synth of the same charts and a chart for each project',
  'app-each': "cdk8s with an App of its own for each chart, since stock App.synth does not end in a measurement's time",
};
const EXPONENT = 'render.scale.exponent';

/** From the plan to the last file, by the number of projects. */
export const renderScale: Benchmark = {
  names: {
    ...Object.fromEntries(
      SIZES.map(({ name, size, peer }) => [
        `render.scale.${name}`,
        `s to render and write the cluster with ${size} projects, beside ${PEERS[peer]}`,
      ]),
    ),
    [EXPONENT]: 'growth exponent of that over the four sizes; 1 is linear. Beside that of stock cdk8s over its two',
  },
  run: async (progress) => {
    const measured: { measurement: Measurement; ours: Point; stock: Point[] }[] = [];
    for (const { name, size, peer } of SIZES) {
      const seconds = (side: Side) => async () => (await renderInChild(side, size)).seconds;
      progress(`${size} projects`);
      const samples = await alternate(REPETITIONS, { ours: seconds('ours'), peer: seconds(peer) }, progress);
      measured.push({
        measurement: compare({ name: `render.scale.${name}`, unit: 's', peer: PEERS[peer] }, samples, 0.5),
        ours: { size, value: quantile(samples.ours, 0.5) },
        stock: peer === 'stock' ? [{ size, value: quantile(samples.peer, 0.5) }] : [],
      });
    }
    const exponents = {
      ours: [growthExponent(measured.map(({ ours }) => ours))],
      peer: [growthExponent(measured.flatMap(({ stock }) => stock))],
    };
    return [
      ...measured.map(({ measurement }) => measurement),
      compare({ name: EXPONENT, unit: 'exponent', peer: PEERS.stock }, exponents, 0.5),
    ];
  },
};
