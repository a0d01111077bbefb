import type { Requirement } from '../requirement';
import type { LogAnalysis } from './analyse';
import { duration, number, percent, table } from './format';
import type { SimulatedPool } from './pool-waits';
import { renderLines, renderPools, renderPriorities, renderQuotas, renderStorage } from './render-requirement';

/** What a report is made of. */
export interface ReportProps {
  readonly analysis: LogAnalysis;
  readonly requirement: Requirement;
  readonly waits: readonly SimulatedPool[];
  /** Stack whose configuration was used. */
  readonly stack: string;
  readonly goal: { readonly seconds: number; readonly share: number };
}

/** Names of the report's files, its charts without their suffix. */
export const REPORT_FILES = {
  report: 'report.md',
  concurrency: 'concurrency',
  waits: 'waits',
  packing: 'packing',
} as const;

const PERIOD_DAYS = 28;

/** The report as Markdown. Its date is the log's last day: the same log gives the same bytes. */
export function renderReport(props: ReportProps): string {
  const { requirement, analysis } = props;
  const sections = [
    `# Capacity until ${requirement.until ?? 'no day'}\n\nFrom ${analysis.log.file}, made ${analysis.demand.made}, with the configuration of stack ${props.stack}.`,
    section('What is needed', renderPools(requirement)),
    section('The log', renderLog(props)),
    analysis.warnings.length === 0 ? '' : section('Warnings', list(analysis.warnings)),
    section('Demand and forecast', renderForecast(props)),
    section('How good the forecast is', renderBacktest(analysis)),
    section('Waiting', renderWaits(props)),
    section('Where every number comes from', renderSources(requirement)),
    section('Packing', chart(REPORT_FILES.packing, 'how pods fit on the nodes of each pool')),
    section('Storage', requirement.storage.length === 0 ? 'Nothing follows without runs.' : renderStorage(requirement)),
    section('What is configured from this', renderConfigured(requirement)),
    section('Assumptions', list(requirement.assumptions)),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

const section = (title: string, body: string): string => `## ${title}\n\n${body}`;
const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');
const chart = (name: string, alt: string): string => `![${alt}](${name}.svg)\n\n([PNG](${name}.png))`;

function renderLog({ analysis }: ReportProps): string {
  const { reading, demand } = analysis.log;
  const { refused } = reading;
  const days = demand.whole.concurrency.length;
  const lines = [
    `${number(reading.accepted, 0)} builds of ${number(reading.rows, 0)} rows, ${analysis.demand.first} to ${analysis.demand.made} (${days} days in ${demand.timeZone}), ${reading.projects.size} projects.`,
    ...(analysis.log.note === undefined ? [] : [analysis.log.note]),
    ...(refused.count === 0
      ? []
      : [
          `${refused.count} rows were refused; the first: ${refused.first.map(({ row, reason }) => `row ${row}: ${reason}`).join('; ')}.`,
        ]),
  ];
  const rows = Object.entries(analysis.demand.pools).map(([pool, of]) => [
    pool,
    number(of.builds, 0),
    number(of.perDay, 0),
    duration(of.p50Seconds),
    duration(of.meanSeconds),
    duration(of.p95Seconds),
  ]);
  const header = ['pool', 'builds', 'a day lately', 'median', 'mean', '95 % within'];
  return `${lines.join('\n')}\n\n${table(header, rows, ['left', 'right', 'right', 'right', 'right', 'right'])}`;
}

function renderForecast({ analysis, requirement }: ReportProps): string {
  const { points, trend, method } = analysis.whole.forecast;
  const growth = growthSentence(trend.coefficient28, Math.floor(points.length / PERIOD_DAYS));
  const rows = monthlyRows(analysis);
  return [
    chart(REPORT_FILES.concurrency, 'builds at once each day, with the forecast band and the trend along its P90'),
    growth,
    apart(analysis, requirement),
    table(['28 days from', 'P50', 'P90'], rows, ['left', 'right', 'right']),
    `Method: ${method}.`,
  ].join('\n\n');
}

/** The proposal's arithmetic on this log's trend. */
function growthSentence(coefficient: number, periods: number): string {
  if (Number.isNaN(coefficient)) {
    return `The trend along the P90 begins at nothing, and growth from nothing is no ratio: there is no ${PERIOD_DAYS}-day coefficient.`;
  }
  const [added, compounded] = [periods * coefficient, (1 + coefficient) ** periods - 1];
  return `Along the P90 the trend is ${percent(coefficient, 2)} in ${PERIOD_DAYS} days; over ${periods} such periods that is ${percent(added)} added up as the proposal did, ${percent(compounded)} compounded. Sizing uses neither: it takes the forecast's own highest P90 until the day meant.`;
}

/** What it costs that each pool is sized for its own busiest day: those are not the same day. */
function apart({ whole }: LogAnalysis, { pools, until = '' }: Requirement): string {
  const apartAll = pools.reduce((sum, { executors }) => sum + executors, 0);
  const days = whole.forecast.points.filter(({ date }) => date <= until).map(({ p90 }) => p90);
  return `Pools set apart need ${apartAll} executors; all builds in one pool would need ${Math.ceil(Math.max(0, ...days))} at P90, since pools are not at their busiest all at once. The difference is what it costs that check work cannot starve the others.`;
}

/** Most builds at once within each 28 days of the forecast. */
function monthlyRows({ whole }: LogAnalysis): string[][] {
  const { points } = whole.forecast;
  return Array.from({ length: Math.ceil(points.length / PERIOD_DAYS) }, (_, period) => {
    const days = points.slice(period * PERIOD_DAYS, (period + 1) * PERIOD_DAYS);
    const most = (key: 'p50' | 'p90') => number(Math.max(...days.map((day) => day[key])), 1);
    return [days[0]?.date ?? '', most('p50'), most('p90')];
  });
}

function renderBacktest({ whole }: LogAnalysis): string {
  const { rows, verdict, origins, horizonDays } = whole.backtest;
  if (rows.length === 0) return verdict;
  const cells = rows.map(({ model, wql10, wql50, wql90, coverage90 }) => [
    model,
    wql10.toFixed(4),
    wql50.toFixed(4),
    wql90.toFixed(4),
    percent(coverage90),
  ]);
  const header = ['model', 'loss P10', 'loss P50', 'loss P90', 'days within P90 (90 % is right)'];
  return [
    verdict,
    table(header, cells, ['left', 'right', 'right', 'right', 'right']),
    `Weighted quantile loss, less is better; ${horizonDays} days from each of ${origins} past days, seeing only what came before.`,
  ].join('\n\n');
}

function renderWaits({ waits, goal }: ReportProps): string {
  if (waits.length === 0) return 'There is nothing to simulate.';
  const rows = waits.flatMap(({ pool, executors, growth, asTheyCame, grown }) =>
    [
      { builds: 'as they came', result: asTheyCame },
      { builds: `grown × ${growth.toFixed(2)}`, result: grown },
    ].map(({ builds, result: { waits: figures, utilisation } }) => [
      pool,
      String(executors),
      builds,
      duration(figures.p50),
      duration(figures.p95),
      duration(figures.longest),
      percent(figures.good),
      number(figures.starved, 0),
      percent(utilisation.cpu),
    ]),
  );
  const header = [
    'pool',
    'slots',
    'builds',
    'wait P50',
    'P95',
    'longest',
    `within ${goal.seconds} s`,
    'over 30 min',
    'slots in use',
  ];
  return [
    chart(REPORT_FILES.waits, 'how long builds wait, by number of slots, by Erlang C and by simulation'),
    `The goal is that ${percent(goal.share, 0)} of builds wait at most ${goal.seconds} s. The simulation runs the builds of the log's last 28 days, first come first served, and once more with as many copied some minutes off as growth asks for; Erlang C looks at the busiest hour only, so it asks for more.`,
    table(header, rows, ['left', 'right', 'left', 'right', 'right', 'right', 'right', 'right', 'right']),
  ].join('\n\n');
}

const renderSources = (requirement: Requirement): string =>
  requirement.pools.map((pool) => `### Pool ${pool.pool}\n\n${renderLines(pool)}`).join('\n\n');

function renderConfigured(requirement: Requirement): string {
  const { initial, floor } = requirement.gateWindow;
  const quotas = Object.keys(requirement.quotas).length === 0 ? [] : [renderQuotas(requirement)];
  const window = `Gate window: ${initial} changes at first, ${floor} at least.`;
  return [...quotas, renderPriorities(requirement), window].join('\n\n');
}
