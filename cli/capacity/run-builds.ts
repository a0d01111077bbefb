import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderDemandFile } from '../../infra/capacity/demand-file';
import { MAX_HORIZON_DAYS } from '../../infra/capacity/forecast/forecast';
import { analyseLog, type BuildLog, type LogAnalysis } from '../../infra/capacity/report/analyse';
import type { ChartSpec } from '../../infra/capacity/report/chart-style';
import { concurrencyChart } from '../../infra/capacity/report/concurrency-chart';
import { packingChart } from '../../infra/capacity/report/packing-chart';
import { simulatePools } from '../../infra/capacity/report/pool-waits';
import { REPORT_FILES, type ReportProps, renderReport } from '../../infra/capacity/report/render-report';
import { renderPools, renderStorage } from '../../infra/capacity/report/render-requirement';
import { waitsChart } from '../../infra/capacity/report/waits-chart';
import { requirementOf } from '../../infra/capacity/requirement-of';
import { drawChart } from './draw-chart';
import { stackSettings } from './load-settings';
import { readLog } from './read-log';

/** What `npm run capacity -- --builds FILE` may be told. */
export interface BuildsOptions {
  readonly builds: string;
  readonly stack: string;
  readonly timeZone: string;
  /** Day the machines must be enough until, YYYY-MM-DD. @default - nine 28-day periods on, as in the proposal */
  readonly until?: string;
  /** Folder of the report. */
  readonly out: string;
  /** Where the demand file goes. @default - nowhere */
  readonly save?: string;
  readonly note?: string;
}

/** The proposal looked nine 28-day periods ahead. */
const DEFAULT_HORIZON_DAYS = 9 * 28;
const MS_PER_DAY = 86_400_000;

/** Reads builds, prints what the cluster needs for them, and writes the report. Rejects with one line on bad input. */
export async function runBuilds(options: BuildsOptions): Promise<void> {
  const { stack, inputs, rules, workloads } = await stackSettings(options.stack);
  const warn = (line: string) => process.stderr.write(`warning: ${line}\n`);
  const log = await readLog(options.builds, { ...options, rules, say: warn });
  const analysis = analyseLog(log, { horizonDays: horizonOf(log, options.until) });
  const { demand, warnings } = analysis;
  for (const line of warnings) warn(line);

  const sizing = { ...inputs.capacity.sizing, ...(options.until === undefined ? {} : { until: options.until }) };
  const capacity = { ...inputs.capacity, sizing };
  const requirement = requirementOf({ ...inputs, capacity, demand, systemWorkloads: workloads() });
  const waits = simulatePools(log.columns, { demand, requirement, capacity });
  const report: ReportProps = { analysis, requirement, waits, stack, goal: sizing.wait };

  process.stdout.write(`Needed until ${requirement.until}, stack ${stack}:\n\n${renderPools(requirement)}\n\n`);
  process.stdout.write(`${renderStorage(requirement)}\n\n`);
  await writeReport(report, options.out);
  process.stdout.write(`Report: ${join(options.out, REPORT_FILES.report)}\n`);
  if (options.save !== undefined) {
    mkdirSync(dirname(options.save), { recursive: true });
    writeFileSync(options.save, renderDemandFile(demand));
    process.stdout.write(`Demand: ${options.save} (name it in seakeeper:capacity.demand of Pulumi.${stack}.yaml)\n`);
  }
}

function horizonOf({ demand }: BuildLog, until: string | undefined): number {
  if (until === undefined) return DEFAULT_HORIZON_DAYS;
  const last = demand.whole.concurrency.at(-1)?.date ?? '';
  const days = /^\d{4}-\d{2}-\d{2}$/.test(until)
    ? Math.round((Date.parse(until) - Date.parse(last)) / MS_PER_DAY)
    : Number.NaN;
  if (!(days >= 1 && days <= MAX_HORIZON_DAYS)) {
    throw new Error(
      `--until ${until}: it must be a day, YYYY-MM-DD, 1 to ${MAX_HORIZON_DAYS} days after the log's last, ${last}`,
    );
  }
  return days;
}

async function writeReport(report: ReportProps, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, REPORT_FILES.report), renderReport(report));
  for (const [name, spec] of chartsOf(report)) {
    const { svg, png } = await drawChart(spec);
    writeFileSync(join(folder, `${name}.svg`), svg);
    writeFileSync(join(folder, `${name}.png`), png);
  }
}

function chartsOf({ analysis, requirement, waits, goal }: ReportProps): [string, ChartSpec][] {
  return [
    [REPORT_FILES.concurrency, concurrency(analysis)],
    ...(waits.length === 0
      ? []
      : ([[REPORT_FILES.waits, waitsOf(waits, requirement.until, goal.seconds)]] as [string, ChartSpec][])),
    [REPORT_FILES.packing, packingChart(requirement.pools)],
  ];
}

const concurrency = ({ log, whole }: LogAnalysis): ChartSpec =>
  concurrencyChart({
    title: 'Builds at once, day by day',
    history: log.demand.whole.concurrency,
    forecast: whole.forecast,
  });

const waitsOf = (pools: ReportProps['waits'], until: string | undefined, goalSeconds: number): ChartSpec =>
  waitsChart({
    pools,
    goalSeconds,
    subtitle: `Simulation of the log's last 28 days, as they came and grown until ${until}; Erlang C for the busiest hour until then`,
  });
