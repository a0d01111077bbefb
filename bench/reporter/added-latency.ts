import { setTimeout as sleep } from 'node:timers/promises';
import { alternate } from '../alternate';
import { eventCount } from '../event-path/event-count';
import { type Benchmark, compare, quantile } from '../measurement';
import { ReportRig } from './report-rig';

const REPETITIONS = eventCount(150);
const WARM_UPS = 10;
/** Between runs, so that what one leaves behind (its report noted) is over. */
const QUIET_MS = 100;
const PEER = 'bare watcher that posts the same vote';

/** From a run's end to its vote: by our reporter, and by a bare watcher. */
export const reportAdded: Benchmark = {
  names: {
    'report.p50': `ms from a Workflow's end to its vote on Gerrit's stream, beside a ${PEER}; median`,
    'report.added.p99': `ms beyond the median of a ${PEER} that 99 % of votes take at most, beside how far its own go beyond it`,
  },
  run: async (progress) => {
    const rig = await ReportRig.prepare(progress);
    try {
      const side = (name: 'ours' | 'peer') => async () => {
        await sleep(QUIET_MS);
        return rig.run(name);
      };
      const sides = { ours: side('ours'), peer: side('peer') };
      await alternate(WARM_UPS, sides, () => undefined);
      progress(`${REPETITIONS} runs of each end`);
      const samples = await alternate(REPETITIONS, sides, () => undefined);
      const usual = quantile(samples.peer, 0.5);
      const beyond = (sample: readonly number[]) => sample.map((ms) => ms - usual);
      return [
        compare({ name: 'report.p50', unit: 'ms', peer: PEER }, samples, 0.5),
        compare(
          { name: 'report.added.p99', unit: 'ms', peer: PEER },
          { ours: beyond(samples.ours), peer: beyond(samples.peer) },
          0.99,
        ),
      ];
    } finally {
      await rig.close();
    }
  },
};
