/**
 * One sweep, `FILE`, in a process of its own, for the most memory a process had is known of the whole of it: as `npm run
 * capacity` reads builds, demand of all builds and by pool. Prints each day's maximum and, last, as JSON, the bytes of memory
 * and the seconds of processor time.
 */
import { readDemand } from '../../cli/capacity/read-demand';

const BYTES_PER_RSS_UNIT = 1024;

async function main([file = '']: readonly string[]): Promise<void> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const { demand } = await readDemand(file, { timeZone: 'UTC', say });
  for (const { date, maximum } of demand.whole.concurrency) process.stdout.write(`${date} ${maximum}\n`);
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cost = { peakBytes: maxRSS * BYTES_PER_RSS_UNIT, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
  process.stdout.write(`${JSON.stringify(cost)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
