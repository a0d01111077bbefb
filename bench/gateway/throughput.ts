import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStackInputs } from '../../cli/read-stack-inputs';
import { enabledPipelines } from '../../core/pipeline';
import { GatewayConfig } from '../../core/service-config';
import { openGatewayCore } from '../../services/gateway/gateway-core';
import { DiskSegments } from '../../services/gateway/ledger/disk-segments';
import { createLogger } from '../../services/shared/log';
import { alternate } from '../alternate';
import { type Benchmark, compare } from '../measurement';
import { streamLines } from './stream-lines';

const EVENTS = 50_000;
const REPETITIONS = 5;
/** Lines that come in one piece: some 64 KiB, what a channel of SSH hands over at once. */
const LINES_A_CHUNK = 40;
const PEER = 'a program that appends the same lines to a file and syncs each piece of 64 KiB, and does nothing else';

/** How many events a second the gateway has on disk, decided for the pipelines of stack `ci`. */
export const gatewayThroughput: Benchmark = {
  names: { 'gateway.throughput': `events/s into the ledger, synced to disk, beside ${PEER}` },
  run: async (progress) => {
    const lines = streamLines(EVENTS);
    const samples = await alternate(
      REPETITIONS,
      { ours: () => inFolder((folder) => ours(folder, lines)), peer: () => inFolder((folder) => bare(folder, lines)) },
      progress,
    );
    return [compare({ name: 'gateway.throughput', unit: 'events/s', peer: PEER }, samples, 0.5)];
  },
};

/** From the first line until the last is on disk. Events a second. */
async function ours(folder: string, lines: readonly Buffer[]): Promise<number> {
  const { config } = readStackInputs('ci', undefined);
  const stopping = new AbortController();
  const log = createLogger('bench');
  log.level = 'silent';
  const nobody = async () => undefined;
  const core = await openGatewayCore({
    config: GatewayConfig.parse({ gerrit: config.gerrit, pipelines: enabledPipelines(config.pipelines) }),
    store: new DiskSegments(folder),
    gerrit: {
      findChange: nobody,
      patchSetComments: async () => [],
      queryChanges: async function* () {},
      listTips: async function* () {},
    },
    log,
    signal: stopping.signal,
    onFailure: (error) => {
      throw error;
    },
    onSilentStream: () => undefined,
  });
  const started = performance.now();
  for (let at = 0; at < lines.length; at += LINES_A_CHUNK) {
    for (const line of lines.slice(at, at + LINES_A_CHUNK)) core.stream.onLine(line);
    await core.stream.settle();
    // The next piece comes by the event loop, as it does from a socket.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await core.ledger.flush();
  const seconds = (performance.now() - started) / 1000;
  stopping.abort();
  await core.stop();
  return lines.length / seconds;
}

async function bare(folder: string, lines: readonly Buffer[]): Promise<number> {
  const file = await open(join(folder, 'events'), 'w');
  const started = performance.now();
  for (let at = 0; at < lines.length; at += LINES_A_CHUNK) {
    await file.write(Buffer.concat(lines.slice(at, at + LINES_A_CHUNK).flatMap((line) => [line, NEWLINE])));
    await file.datasync();
  }
  const seconds = (performance.now() - started) / 1000;
  await file.close();
  return lines.length / seconds;
}

const NEWLINE = Buffer.from('\n');

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'seakeeper-throughput-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
