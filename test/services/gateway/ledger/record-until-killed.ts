import { DiskSegments } from '../../../../services/gateway/ledger/disk-segments';
import { Ledger } from '../../../../services/gateway/ledger/ledger';
import { createLogger } from '../../../../services/shared/log';

// Run by kill.test.ts in a process of its own: records events as fast as it can and prints each key once the ledger
// has confirmed it, until it is killed.
async function main(directory: string, prefix: string): Promise<void> {
  const log = createLogger('test');
  log.level = 'silent';
  const onFailure = (error: Error) => {
    throw error;
  };
  const ledger = await Ledger.open({ store: new DiskSegments(directory), log, onFailure, segmentBytes: 20_000 });
  const event = { type: 'patchset-created', change: { project: 'demo', branch: 'master', number: 1 } };
  const lane = async (number: number) => {
    for (let index = 0; ; index++) {
      const key = `${prefix}-${number}-${index}`;
      await ledger.recordEvent(key, event, { check: 'pass' });
      process.stdout.write(`${key}\n`);
    }
  };
  await Promise.all([1, 2, 3, 4].map(lane));
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
