import type { Resources } from './figures';
import * as figures from './figures';
import { addedUp, compounded, dayAfter, scaleResources, timesInstances } from './growth';
import { simulateGrowth } from './simulated-growth';

/** One way to say how much is needed on the target date. */
export interface Estimate {
  readonly name: string;
  readonly factor: number;
  readonly resources: Resources;
}

/** The proposal's estimate and those beside it. */
export interface ProposalModel {
  readonly today: Resources;
  readonly targetDate: string;
  /** Added up, as printed; compounded; P90 of simulated paths. */
  readonly estimates: readonly [addedUp: Estimate, compounded: Estimate, simulated: Estimate];
  /** The simulated estimate by what is assumed of the median, as a share of the P90. */
  readonly sensitivity: readonly { readonly medianShare: number; readonly estimate: Estimate }[];
}

/** The proposal gives one quantile of growth, and a distribution needs two: the median is taken to be half of the P90. */
const MEDIAN_SHARE = 0.5;
const OTHER_SHARES = [0, 0.25, 0.75, 1] as const;

/** Computes the proposal's figures from its inputs. */
export function proposalModel(): ProposalModel {
  const today = timesInstances(figures.INSTANCE, figures.INSTANCES);
  const estimate = (name: string, factor: number): Estimate => ({
    name,
    factor,
    resources: scaleResources(today, factor),
  });
  const { GROWTH_28_DAYS: p90, PERIODS: periods } = figures;
  const simulated = (medianShare: number) =>
    estimate('P90 of simulated paths', simulateGrowth({ p50: medianShare * p90, p90 }, { periods }).p90);
  return {
    today,
    targetDate: dayAfter(figures.FORECAST_FROM, periods, figures.PERIOD_DAYS),
    estimates: [
      estimate('added up', addedUp(p90, periods)),
      estimate('compounded', compounded(p90, periods)),
      simulated(MEDIAN_SHARE),
    ],
    sensitivity: OTHER_SHARES.map((medianShare) => ({ medianShare, estimate: simulated(medianShare) })),
  };
}

/** The proposal's tables as text, added up, compounded and simulated. Ends with a line end. */
export function renderProposal(model: ProposalModel = proposalModel()): string {
  const { today, targetDate, estimates, sensitivity } = model;
  const { INSTANCE, INSTANCES, PERIODS, PERIOD_DAYS, GROWTH_28_DAYS, FORECAST_FROM } = figures;
  const [sum] = estimates;
  const growth = percent(sum.factor);
  return `${[
    `The proposal's capacity estimate (${figures.SOURCE})`,
    '',
    ...table([
      ['current', 'vCPU', 'memory (G)', 'executors'],
      ['each instance', ...cellsOf(INSTANCE)],
      [`total cluster (x${INSTANCES})`, ...cellsOf(today)],
    ]),
    '',
    `Growth of ${GROWTH_28_DAYS} in ${PERIOD_DAYS} days along the P90 forecast, ${PERIODS} periods from ${FORECAST_FROM}: ${PERIODS} * ${GROWTH_28_DAYS} = ${growth}.`,
    '',
    ...table([
      [`needed by ${targetDate}`, 'factor', 'growth', 'vCPU', 'memory (G)', 'executors'],
      ...estimates.map(({ name, factor, resources }, index) => [
        index === 0 ? `${name}, as the proposal does: ceil(Q*${figures.PRINTED_FACTOR})` : name,
        factor.toFixed(3),
        percent(factor),
        ...cellsOf(resources),
      ]),
    ]),
    '',
    ...NOTES.map((note) => `- ${note}`),
    '',
    ...table([
      ['simulated, with a median growth per period of', 'factor', 'vCPU', 'memory (G)', 'executors'],
      ...sensitivity.map(({ medianShare, estimate: { factor, resources } }) => [
        `${(medianShare * GROWTH_28_DAYS * 100).toFixed(2)} % (${medianShare} of the P90)`,
        factor.toFixed(3),
        ...cellsOf(resources),
      ]),
    ]),
  ].join('\n')}\n`;
}

const NOTES: readonly string[] = [
  `The proposal prints ${figures.PRINTED_TARGET_DATE} as its target date. That is a misprint: it is before the forecast begins; ${figures.PERIODS} periods of ${figures.PERIOD_DAYS} days from ${figures.FORECAST_FROM} end on ${dayAfter(figures.FORECAST_FROM, figures.PERIODS, figures.PERIOD_DAYS)}.`,
  'Growth that repeats compounds; adding it up understates it.',
  `A sum of ${figures.PERIODS} P90s is not the P90 of a sum: it is reached only if all ${figures.PERIODS} periods go badly together. The simulated figure is the P90 of where independent periods end.`,
  `Assumed for it: the factor of a period is log-normal with P90 ${1 + figures.GROWTH_28_DAYS}; its median, which the proposal does not give, is half the P90's growth, ${((figures.GROWTH_28_DAYS / 2) * 100).toFixed(2)} %; 20,000 paths of a fixed seed. The table below shows what other medians would make of it; with the P90 itself, nothing is left to chance and it is the compounded figure.`,
  "None of these count the CI system's own needs: the requirement from real builds does (npm run capacity -- --builds FILE).",
];

const percent = (factor: number): string => `${((factor - 1) * 100).toFixed(1)} %`;

const cellsOf = ({ vcpu, memoryG, executors }: Resources): string[] => [String(vcpu), `${memoryG}G`, String(executors)];

/** Rows in columns, the first to the left and the others to the right, with a line under the first row. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  return [lines[0] ?? '', widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1)];
}
