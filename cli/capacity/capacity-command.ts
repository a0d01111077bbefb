import { resolve } from 'node:path';
import type { Command } from 'commander';
import { NODES_SYNTAX } from '../../infra/capacity/simulation/parse-nodes';

interface CapacityFlags {
  readonly builds?: string;
  readonly replay?: string;
  readonly nodes?: string;
  readonly stack: string;
  readonly timeZone: string;
  readonly until?: string;
  readonly out: string;
  readonly save?: string;
  readonly note?: string;
  readonly pricePerNodeHour?: string;
  readonly starvedAfter: string;
  readonly preemption: boolean;
}

/** Bad input, as opposed to a program that failed. */
const BAD_INPUT = 2;

/** Adds the capacity model to the commands. What it does is loaded when it is asked for. */
export function addCapacityCommand(program: Command): void {
  program
    .command('capacity')
    .description("say what machines a stack needs; without options, the proposal's tables")
    .option('--builds <file>', 'log of builds, CSV or JSON lines, also gzipped: print what they need, write a report')
    .option('--replay <file>', 'log of builds: say how they would have waited on the machines of --nodes')
    .option('--nodes <machines>', NODES_SYNTAX)
    .option('--stack <name>', 'whose classes, pipelines, machines and sizing', 'ci')
    .option('--time-zone <name>', 'IANA name of the zone in which days begin', 'UTC')
    .option('--until <day>', 'builds: day to be enough until, YYYY-MM-DD (default: 252 days after the log)')
    .option('--out <folder>', 'builds: where the report goes', 'dist/capacity')
    .option('--save <file>', 'builds: also write the demand file that seakeeper:capacity.demand names')
    .option('--note <text>', 'builds: what readers of report and demand file must know of the log')
    .option('--price-per-node-hour <number>', 'replay: price of a machine for an hour')
    .option('--starved-after <minutes>', 'replay: longest wait before a build counts as starved', '30')
    .option('--no-preemption', 'replay: let no build push out one of lower priority')
    .action(async (flags: CapacityFlags) => {
      try {
        await run(flags);
      } catch (error) {
        process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = BAD_INPUT;
      }
    });
}

async function run(flags: CapacityFlags): Promise<void> {
  const { builds, replay, nodes, pricePerNodeHour, save, ...rest } = flags;
  if (builds !== undefined && replay !== undefined) {
    throw new Error('--builds sizes a cluster and --replay tries one out; give one of them');
  }
  if (builds !== undefined) {
    const { runBuilds } = await import('./run-builds.js');
    const files = { builds: fromCaller(builds), ...(save === undefined ? {} : { save: fromCaller(save) }) };
    return runBuilds({ ...rest, ...files, out: fromCaller(flags.out) });
  }
  if (replay !== undefined) {
    if (nodes === undefined) throw new Error(`--replay needs --nodes ${NODES_SYNTAX}`);
    const { runReplay } = await import('./run-replay.js');
    return runReplay({
      ...rest,
      replay: fromCaller(replay),
      nodes,
      starvedAfterMinutes: amount('--starved-after', flags.starvedAfter),
      ...(pricePerNodeHour === undefined
        ? {}
        : { pricePerNodeHour: amount('--price-per-node-hour', pricePerNodeHour) }),
    });
  }
  if (nodes !== undefined) throw new Error('--nodes is for --replay FILE; add it');
  const { printProposal } = await import('./print-proposal.js');
  printProposal();
}

/** npm runs scripts in the project's folder; a path is meant from where the person stands. */
const fromCaller = (path: string): string => resolve(process.env['INIT_CWD'] ?? '.', path);

function amount(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new Error(`${option} ${text}: it must be a number from 0 up`);
  }
  return value;
}
