import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { type Rules, Score } from './contest';

/** Runs a worker of this folder to its end; its standard output is dropped. Rejects when it ends otherwise than well. */
export function runWorker(name: string, args: readonly string[], heard: (message: unknown) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = fork(`${__dirname}/${name}.ts`, [...args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    worker.on('message', heard);
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${name} ended with ${code}`))));
  });
}

/** Every contestant on every family's series of those seeds, on all processors but at most four. */
export async function runContest(
  rules: Rules,
  seeds: readonly number[],
  progress: (line: string) => void,
): Promise<Score[]> {
  const processes = Math.min(4, availableParallelism());
  const all: Score[] = [];
  const heard = (message: unknown) => {
    const scores = z.array(Score).parse(message);
    const [score] = scores;
    if (score === undefined) {
      return;
    }
    all.push(...scores);
    progress(`${score.series}: ${scores.map(({ model, wql90 }) => `${model} ${wql90.toFixed(4)}`).join(' | ')}`);
  };
  const shares = Array.from({ length: processes }, (_, first) => [
    JSON.stringify(rules),
    ...[first, processes, ...seeds].map(String),
  ]);
  await Promise.all(shares.map((args) => runWorker('contest-worker', args, heard)));
  return all;
}
