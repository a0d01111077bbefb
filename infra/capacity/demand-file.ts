import { z } from 'zod';
import { RunPool } from '../../core/pool';
import { addDays } from './forecast/days';

const Day = z.iso.date();
const Count = z.number().min(0);

/** What a pool is forecast to need, one number a day from the same day on. */
export const DailyForecast = z
  .strictObject({
    from: Day.describe('First day.'),
    p50: z.array(Count).min(1).describe("P50 of the day's most builds at once."),
    p90: z.array(Count).min(1).describe("P90 of the day's most builds at once."),
    busyHour: z.array(Count).min(1).describe("P90 of the mean number of builds at once in the day's busiest hour."),
  })
  .superRefine(({ p50, p90, busyHour }, context) => {
    if (p50.length !== p90.length || p50.length !== busyHour.length) {
      const lengths = `${p50.length}, ${p90.length} and ${busyHour.length}`;
      context.addIssue({ code: 'custom', message: `p50, p90 and busyHour must have as many days, have ${lengths}` });
    }
  });
export type DailyForecast = z.infer<typeof DailyForecast>;

/** Builds of one pool, as far as sizing needs to know them. */
export const PoolDemand = z.strictObject({
  builds: z.int().min(0).describe('Builds in the source.'),
  perDay: Count.describe('Builds a day, mean of the last 28 days.'),
  meanSeconds: z.number().positive().describe('Mean duration.'),
  p50Seconds: Count.describe('Median duration.'),
  p95Seconds: Count.describe('95 % last no longer.'),
  shapes: z
    .array(z.strictObject({ cpu: z.number().positive(), memory: z.number().positive(), share: z.number().positive() }))
    .default([])
    .describe('What builds request (cores, bytes) and in which shares. None: each takes one slot.'),
  forecast: DailyForecast.describe('What is to be expected.'),
});
export type PoolDemand = z.infer<typeof PoolDemand>;

/**
 * What was learned from a log of builds, and all that sizing keeps of it: `npm run capacity -- --builds FILE --save PATH`
 * writes it, stack config names it, and the same log gives the same bytes.
 */
export const DemandFile = z.strictObject({
  version: z.literal(1),
  source: z.strictObject({
    file: z.string().describe('Name of the log, without its folder.'),
    builds: z.int().min(0).describe('Rows that were good.'),
    note: z.string().optional().describe('What a reader must know of it.'),
  }),
  made: Day.describe('Last day of the log; never the day the file was written.'),
  first: Day.describe('First day of the log.'),
  timeZone: z.string().describe('Time zone in which days begin.'),
  method: z.string().describe('How the forecast was computed.'),
  warnings: z.array(z.string()).describe('What was odd about the log.'),
  pools: z.partialRecord(RunPool, PoolDemand),
});
export type DemandFile = z.infer<typeof DemandFile>;

/** Parses a demand file's text. Throws, naming the file, when it is none. */
export function parseDemandFile(text: string, path: string): DemandFile {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON; write it anew: npm run capacity -- --builds FILE --save ${path}`);
  }
  const result = DemandFile.safeParse(raw);
  if (result.success) return result.data;
  const [{ path: at = [], message = '' } = {}] = result.error.issues;
  throw new Error(
    `${path} is no demand file (${at.join('.')}: ${message}); write it anew: npm run capacity -- --builds FILE --save ${path}`,
  );
}

/** Renders a demand file: same value, same bytes. Numbers a line, so that a new forecast is a short diff to read. */
export function renderDemandFile(demand: DemandFile): string {
  const { pools, ...rest } = DemandFile.parse(demand);
  const inOrder = RunPool.options.flatMap((pool) => (pools[pool] === undefined ? [] : [[pool, pools[pool]] as const]));
  const text = JSON.stringify({ ...rest, pools: Object.fromEntries(inOrder) }, null, 2);
  // Hundreds of numbers one a line are no reading.
  const short = text.replace(
    /\[\n\s+([-\d.,\s]+?)\n\s+\]/g,
    (_, numbers: string) => `[${numbers.replace(/\s+/g, ' ')}]`,
  );
  return `${short}\n`;
}

/** Days of a forecast, in order. */
export const daysOf = ({ from, p50 }: DailyForecast): string[] => p50.map((_, index) => addDays(from, index));
