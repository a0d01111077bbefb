import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { bundle } from '../bundle';
import { eventCount } from '../event-path/event-count';
import { type Benchmark, compare } from '../measurement';

const MANY = eventCount(1_000_000);
const FEW = MANY / 10;
/** The heap of each of our services is 192 MiB at most. */
const OPTIONS = ['--expose-gc', `--max-old-space-size=${3 * 192}`];
const PEER = `the same process after ${FEW.toLocaleString('en')} events`;

const Held = z.object({ events: z.int(), runs: z.int(), resident: z.number(), used: z.number() });
type Held = z.infer<typeof Held>;

/** Whether what our services hold grows with the events that went through them. */
export const eventPathMemory: Benchmark = {
  names: {
    'event-path.memory': `MiB resident in one process of gateway, trigger and reporter after ${MANY.toLocaleString('en')} events, one in twenty of which was run and reported, beside ${PEER}`,
  },
  run: async (progress) => {
    const folder = await mkdtemp(join(tmpdir(), 'seakeeper-memory-'));
    try {
      const program = join(folder, 'worker.js');
      await bundle(join(__dirname, 'event-path-worker.ts'), program);
      const said = await residentAfter(program, folder, [FEW, MANY], progress);
      const mibAfter = (count: number) => said.filter(({ events }) => events === count).map(({ resident }) => resident);
      const samples = { ours: mibAfter(MANY), peer: mibAfter(FEW) };
      return [compare({ name: 'event-path.memory', unit: 'MiB', peer: PEER }, samples, 0.5)];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Feeds so many events to a process of its own, and so on; what it held after each. */
function residentAfter(
  program: string,
  folder: string,
  counts: readonly number[],
  progress: (line: string) => void,
): Promise<readonly Held[]> {
  return new Promise((resolve, reject) => {
    const said: Held[] = [];
    const worker = fork(program, [join(folder, 'ledger'), ...counts.map(String)], { execArgv: OPTIONS });
    worker.on('message', (message) => {
      const held = Held.parse(message);
      said.push(held);
      const { events, runs, resident, used } = held;
      progress(`${events} events, ${runs} runs: ${resident.toFixed(0)} MiB, ${used.toFixed(0)} of it in use`);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(`the worker ended with ${code}`))));
  });
}
