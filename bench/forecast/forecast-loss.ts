import type { Benchmark, Measurement } from '../measurement';
import type { Rules } from './contest';
import { HELD_OUT_SEEDS } from './generator';
import { runContest } from './run-contest';
import { bestPeer, type Standing, standingsOf } from './standings';

const round = (value: number): number => Number(value.toPrecision(4));

/** Ours beside the peer of least P90 loss, unless another figure is to choose the peer. */
function measure(
  what: Pick<Measurement, 'name' | 'unit'>,
  standings: readonly Standing[],
  of: (standing: Standing) => number,
  chosenBy = of,
): Measurement {
  const [ours] = standings;
  if (ours === undefined) {
    throw new Error('nobody took part in the contest');
  }
  const best = bestPeer(standings, chosenBy);
  const peer = `${best.model}, the best of ${standings.length - 1} peers`;
  const ratio = round(of(ours) / of(best));
  return { ...what, peer, value: round(of(ours)), peerValue: round(of(best)), ratio };
}

function show({ model, p10, p50, p90, pooled, coverage, slowest, failures }: Standing): string {
  const figures = [p10, p50, p90, pooled, coverage].map((value) => value.toFixed(4)).join('  ');
  return `${model.padEnd(34)} ${figures}  slowest ${slowest.toFixed(2)} s  failures ${failures}`;
}

function benchmarkOf(name: string, says: string, rules: Rules): Benchmark {
  return {
    names: {
      [name]: `weighted quantile loss at P90, ${says}, mean of generated series, beside the best peer`,
      [`${name}.pooled`]: 'the same with all series taken as one',
      [`${name}.p50`]: 'the same at P50',
      [`${name}.coverage`]: 'share of days within the P90 (0.86 to 0.94 is right), beside the same peer',
    },
    run: async (progress) => {
      const standings = standingsOf(await runContest(rules, HELD_OUT_SEEDS, progress));
      progress(`${'model'.padEnd(34)} P10     P50     P90     pooled  coverage`);
      for (const standing of standings) {
        progress(show(standing));
      }
      const loss = ({ p90 }: Standing) => p90;
      return [
        measure({ name, unit: 'wQL' }, standings, loss),
        measure({ name: `${name}.pooled`, unit: 'wQL' }, standings, ({ pooled }) => pooled),
        measure({ name: `${name}.p50`, unit: 'wQL' }, standings, ({ p50 }) => p50),
        measure({ name: `${name}.coverage`, unit: 'share' }, standings, ({ coverage }) => coverage, loss),
      ];
    },
  };
}

/** How much the forecast of daily maxima loses in the four weeks to come, beside the usual ways to forecast. */
export const forecastLoss = benchmarkOf('forecast.loss', '28 days ahead from three days each', {
  horizonDays: 28,
  origins: 3,
  leastDays: 164,
});

/** The same for the proposal's nine periods of 28 days, on the series that are twice as long. */
export const forecastFar = benchmarkOf('forecast.far', '252 days ahead from one day each', {
  horizonDays: 252,
  origins: 1,
  leastDays: 504,
});
