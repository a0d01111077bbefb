import { renderReplay, replay } from '../../infra/capacity/report/replay';
import { parseNodes } from '../../infra/capacity/simulation/parse-nodes';
import { stackSettings } from './load-settings';
import { readLog } from './read-log';

/** What `npm run capacity -- --replay FILE --nodes …` may be told. */
export interface ReplayOptions {
  readonly replay: string;
  /** As `NODES_SYNTAX` says. */
  readonly nodes: string;
  readonly stack: string;
  readonly timeZone: string;
  readonly pricePerNodeHour?: number;
  /** Longest wait before a build counts as starved, in minutes. */
  readonly starvedAfterMinutes: number;
  /** Whether gate builds push out check builds. */
  readonly preemption: boolean;
}

/** Runs the builds of a file on machines that are not there yet, and prints how long they waited and what it cost. */
export async function runReplay(options: ReplayOptions): Promise<void> {
  const groups = parseNodes(options.nodes);
  const { inputs, rules } = await stackSettings(options.stack);
  const warn = (line: string) => process.stderr.write(`warning: ${line}\n`);
  const { columns, file } = await readLog(options.replay, { timeZone: options.timeZone, rules, say: warn });
  const price = options.pricePerNodeHour === undefined ? {} : { pricePerNodeHour: options.pricePerNodeHour };
  const result = replay({
    columns,
    groups,
    capacity: inputs.capacity,
    options: {
      preemption: options.preemption,
      starvedAfterSeconds: options.starvedAfterMinutes * 60,
      goodWaitSeconds: inputs.capacity.sizing.wait.seconds,
    },
    ...price,
  });
  process.stdout.write(`${renderReplay(result, { file, ...price })}\n`);
}
