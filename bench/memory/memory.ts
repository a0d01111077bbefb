import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Benchmark, compare } from '../measurement';

const FEW = 100_000;
const MANY = 1_000_000;
const PEER = `the same process after ${FEW.toLocaleString('en')} events`;

const Resident = z.object({ events: z.int(), runs: z.int(), mib: z.number() });
type Resident = z.infer<typeof Resident>;

/** Whether what our services hold grows with the events that went through them. */
export const eventPathMemory: Benchmark = {
  names: {
    'event-path.memory': `MiB resident in one process of gateway, trigger and reporter after ${MANY.toLocaleString('en')} events, one in twenty of which was run and reported, beside ${PEER}`,
  },
  run: async (progress) => {
    const folder = await mkdtemp(join(tmpdir(), 'seakeeper-memory-'));
    try {
      const said = await residentAfter(folder, [FEW, MANY], progress);
      const mibAfter = (count: number) => said.filter(({ events }) => events === count).map(({ mib }) => mib);
      const samples = { ours: mibAfter(MANY), peer: mibAfter(FEW) };
      return [compare({ name: 'event-path.memory', unit: 'MiB', peer: PEER }, samples, 0.5)];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Feeds so many events to a process of its own, and so on; what it held after each. */
function residentAfter(
  folder: string,
  counts: readonly number[],
  progress: (line: string) => void,
): Promise<readonly Resident[]> {
  return new Promise((resolve, reject) => {
    const said: Resident[] = [];
    const worker = fork(join(__dirname, 'event-path-worker.ts'), [folder, ...counts.map(String)], {
      execArgv: [...process.execArgv, '--expose-gc', '--max-old-space-size=4096'],
    });
    worker.on('message', (message) => {
      const resident = Resident.parse(message);
      said.push(resident);
      progress(`${resident.events} events, ${resident.runs} runs: ${resident.mib.toFixed(0)} MiB`);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(`the worker ended with ${code}`))));
  });
}
