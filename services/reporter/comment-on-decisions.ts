import { type DecisionRecord, isTerminal } from '../../core/decision';
import type { Logger } from '../shared/log';
import { WorkQueue } from '../shared/work-queue';
import type { DecisionController } from './decision-controller';

/**
 * Handles decisions one at a time: two comments on one change must not pass each other between reading and posting.
 *
 * Of a run that waits only the latest word counts, once: its place is recorded again and again, and once it has begun
 * nobody wants to read that it waits.
 */
export function commentOnDecisions(
  controller: Pick<DecisionController, 'concerns' | 'handle'>,
  log: Logger,
): { add: (record: DecisionRecord) => void; stop: () => Promise<void> } {
  const records = new Map<string, DecisionRecord>();
  /** Waits that were said. */
  const said = new Set<string>();
  const queue = new WorkQueue({
    log,
    concurrency: 1,
    work: async (id) => {
      const record = records.get(id);
      if (record !== undefined) {
        await controller.handle(record);
        if (records.delete(id) && !isTerminal(record.decision)) {
          said.add(id);
        }
      }
      return undefined;
    },
  });
  return {
    add: (record) => {
      const wait = `${record.pipeline} ${record.key}`;
      if (isTerminal(record.decision)) {
        records.delete(wait);
        said.delete(wait);
      }
      if (controller.concerns(record)) {
        const id = isTerminal(record.decision) ? `#${record.seq}` : wait;
        if (!said.has(id)) {
          records.set(id, record);
          queue.add(id);
        }
      }
    },
    stop: () => queue.stop(),
  };
}
