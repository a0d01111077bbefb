import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { alternate } from '../alternate';
import { type Benchmark, compare, type Measurement } from '../measurement';
import { writeBuilds } from './builds-file';
import { sortAndAwk } from './sort-and-awk';

const SEED = 20190609;
const MIB = 2 ** 20;
const PEER = 'awk | sort | awk for the daily maxima alone (ours: medians, pools, CPU and memory too)';

/** A million builds in random order: fits in memory. */
export const capacitySweep = sweepOf('capacity.sweep', { builds: 1_000_000, repetitions: 5, budgetMiB: 300 });

/** Ten million: most of them go to disk on the way. */
export const capacitySpill = sweepOf('capacity.spill', { builds: 10_000_000, repetitions: 1, budgetMiB: 300 });

interface Size {
  readonly builds: number;
  readonly repetitions: number;
  readonly budgetMiB: number;
}

/** From a CSV of builds in random order to the demand of each day, the start of the process included. */
function sweepOf(name: 'capacity.sweep' | 'capacity.spill', { builds, repetitions, budgetMiB }: Size): Benchmark {
  const budget = `the budget of ${budgetMiB} MiB`;
  return {
    names: {
      [name]: `rows/s of ${builds.toLocaleString('en')} builds in random order, from the CSV to daily demand, beside ${PEER}`,
      [`${name}.seconds`]: 's of the same',
      [`${name}.cpu`]: 's of processor time of the same: what is left of it on a machine that does nothing else',
      [`${name}.memory`]: `MiB of the most memory the process has, beside ${budget}`,
    },
    run: async (progress) => {
      const folder = await mkdtemp(join(tmpdir(), 'seakeeper-sweep-'));
      try {
        const file = join(folder, 'builds.csv');
        progress(`writing ${builds} builds to ${file}`);
        await writeBuilds(file, SEED, builds);
        const outputs = { ours: [] as string[], peer: [] as string[] };
        const run = (side: 'ours' | 'peer', command: readonly string[]) => async () => {
          const { seconds, output } = await timed(command);
          outputs[side].push(output);
          return seconds;
        };
        const sides = {
          ours: run('ours', [process.execPath, '--import', 'tsx', join(__dirname, 'sweep-once.ts'), file]),
          peer: run('peer', sortAndAwk(file, folder)),
        };
        const seconds = await alternate(repetitions, sides, progress);
        const results = { ours: outputs.ours.map(parseOurs), peer: outputs.peer.map(parsePeer) };
        for (const { days } of results.ours) assertAgree(days, results.peer[0]?.days ?? []);
        const rate = (times: readonly number[]) => times.map((time) => builds / time);
        const rows = { ours: rate(seconds.ours), peer: rate(seconds.peer) };
        const of = (side: readonly Result[]) => side.map(({ cpuSeconds }) => cpuSeconds);
        const cpu = { ours: of(results.ours), peer: of(results.peer) };
        const peaks = results.ours.map(({ peakBytes }) => peakBytes / MIB);
        return [
          compare({ name, unit: 'rows/s', peer: PEER }, rows, 0.5),
          compare({ name: `${name}.seconds`, unit: 's', peer: PEER }, seconds, 0.5),
          compare({ name: `${name}.cpu`, unit: 's', peer: PEER }, cpu, 0.5),
          compare({ name: `${name}.memory`, unit: 'MiB', peer: budget }, { ours: peaks, peer: [budgetMiB] }, 1),
        ] satisfies Measurement[];
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function timed([program = '', ...args]: readonly string[]): Promise<{ seconds: number; output: string }> {
  const started = performance.now();
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 16 * MIB });
  return { seconds: (performance.now() - started) / 1000, output: stdout };
}

/** What a side found, and what it took. */
interface Result {
  /** `DATE MAXIMUM` of each day. */
  readonly days: readonly string[];
  readonly cpuSeconds: number;
}

const Cost = z.object({ peakBytes: z.number().positive(), cpuSeconds: z.number().positive() });

function parseOurs(output: string): Result & z.infer<typeof Cost> {
  const lines = output.trim().split('\n');
  return { ...Cost.parse(JSON.parse(lines.pop() ?? '')), days: lines };
}

/** As bash's `times` says it: `0m1.618s 0m0.352s`, of the shell and, in the last line, of what it ran. */
export function parsePeer(output: string): Result {
  const lines = output.trim().split('\n');
  const [times = ''] = lines.splice(-2).slice(-1);
  const parts = [...times.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return { days: lines, cpuSeconds: parts.reduce((sum, part) => sum + part, 0) };
}

/** Throws when the days are not the peer's: nobody wants the speed of a wrong answer. */
export function assertAgree(ours: readonly string[], peer: readonly string[]): void {
  const days = Math.max(ours.length, peer.length);
  for (let at = 0; at < days; at++) {
    if (ours[at] !== peer[at]) {
      throw new Error(
        `the two sides disagree: ours has '${ours[at]}', sort and awk '${peer[at]}'; measure nothing until one is mended`,
      );
    }
  }
}
