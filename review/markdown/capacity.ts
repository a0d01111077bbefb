import type { CapacitySummary } from '../capacity';
import { compareText, same } from '../json';
import { count, counted, quoted } from '../quoted';
import type { Review } from '../review';
import { clip } from './clip';

const GIB = 2 ** 30;

/** What the cluster needs and has, before and after; what does not fit then. */
export function renderCapacity({ before, after }: Review['capacity'], most: number): string {
  if (same(before, after)) return `## Capacity: unchanged\n\n${shortfalls(after, most)}`;
  const lines = [...poolLines(before, after), ...classLines(before, after), ...untilLine(before, after)];
  const heading = '## Capacity\n\n| | before | after |\n| --- | --- | --- |\n';
  const table = clip(lines, Math.floor(most * 0.7), (rest) => `| … ${count(rest)} more in full.md | | |\n`);
  return `${heading}${table}\n${shortfalls(after, Math.floor(most * 0.3))}`;
}

const row = (name: string, before: string, after: string): string[] =>
  before === after ? [] : [`| ${name} | ${before} | ${after} |\n`];

function poolLines(before: CapacitySummary, after: CapacitySummary): string[] {
  return union(before.pools, after.pools, ({ pool }) => pool).flatMap((pool) => {
    const [was, is] = [before, after].map(({ pools }) => pools.find((other) => other.pool === pool));
    const [had, has] = [before, after].map(({ machines }) => machines.find((other) => other.pool === pool));
    return [
      ...row(`pool ${quoted(pool)} needs`, need(was), need(is)),
      ...row(`pool ${quoted(pool)} has`, offer(had), offer(has)),
    ];
  });
}

const need = (pool: CapacitySummary['pools'][number] | undefined): string =>
  pool === undefined
    ? 'nothing'
    : `${rounded(pool.executors)} slots, ${rounded(pool.cpu)} CPU, ${gib(pool.memory)}, disk ${gib(pool.disk)}, ${count(pool.nodes)} nodes`;

const offer = (machines: CapacitySummary['machines'][number] | undefined): string =>
  machines === undefined
    ? 'no machine listed'
    : `${count(machines.nodes)} nodes, ${rounded(machines.cpu)} CPU, ${gib(machines.memory)}`;

function classLines(before: CapacitySummary, after: CapacitySummary): string[] {
  return union(before.classes, after.classes, ({ name }) => name).flatMap((name) => {
    const [was, is] = [before, after].map(({ classes }) => classes.find((other) => other.name === name));
    return row(`class ${quoted(name)}`, allowance(was), allowance(is));
  });
}

const allowance = (quota: CapacitySummary['classes'][number] | undefined): string =>
  quota === undefined
    ? 'none'
    : `${counted(quota.projects, 'project')} × (${count(quota.pods)} pods, ${quota.cpu} CPU, ${quota.memory})`;

const untilLine = (before: CapacitySummary, after: CapacitySummary): string[] =>
  row('enough until', before.until ?? 'no forecast', after.until ?? 'no forecast');

function shortfalls({ shortfalls: lines }: CapacitySummary, most: number): string {
  if (lines === undefined) return 'Whether it fits the machines was not judged: none are listed.\n\n';
  if (lines.length === 0) return 'It fits the machines.\n\n';
  return `**Does not fit:**\n\n${clip(
    lines.map((line) => `- ${line}\n`),
    most,
    (rest) => `- … and ${count(rest)} more in full.md\n`,
  )}\n`;
}

const union = <Item>(one: readonly Item[], other: readonly Item[], name: (item: Item) => string): string[] =>
  [...new Set([...one, ...other].map(name))].sort(compareText);

const rounded = (value: number): string => count(Math.round(value));
const gib = (value: number): string => `${rounded(value / GIB)} GiB`;
