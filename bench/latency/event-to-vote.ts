import { setTimeout as sleep } from 'node:timers/promises';
import { connectLocal } from '../../local/connect';
import { type Benchmark, compare } from '../measurement';
import { Rig, type Sample } from './rig';

const REPETITIONS = 20;
const WARM_UPS = 2;
/** Between runs, so that what one leaves behind (its report noted, the controller's last look) is over. */
const QUIET_MS = 500;

const CREATION_PEER = 'bare watcher that posts the same Workflow';
const VOTE_PEER = 'bare watcher that posts the same vote';

/** From Gerrit's event to a Workflow, and from its end to the vote: on the running system, in the same runs. */
export const eventToVote: Benchmark = {
  names: {
    'event-to-workflow.p50': `ms from Gerrit's event on the stream to our Workflow's creation, beside a ${CREATION_PEER}; median`,
    'event-to-workflow.p95': 'the same, 95 % quantile',
    'done-to-vote.p50': `ms from our Workflow's end to its vote on the stream, beside a ${VOTE_PEER}; median`,
    'done-to-vote.p95': 'the same, 95 % quantile',
  },
  run: async (progress) => {
    const system = await connectLocal();
    try {
      const rig = await Rig.prepare(system);
      const samples = await alternate(rig, progress).finally(() => rig.close());
      const figure = (name: string, peer: string, step: keyof Sample, fraction: number) =>
        compare(
          { name, unit: 'ms', peer },
          { ours: samples.ours.map((sample) => sample[step]), peer: samples.peer.map((sample) => sample[step]) },
          fraction,
        );
      return [
        figure('event-to-workflow.p50', CREATION_PEER, 'creation', 0.5),
        figure('event-to-workflow.p95', CREATION_PEER, 'creation', 0.95),
        figure('done-to-vote.p50', VOTE_PEER, 'vote', 0.5),
        figure('done-to-vote.p95', VOTE_PEER, 'vote', 0.95),
      ];
    } finally {
      await system.gerrit.close();
    }
  },
};

async function alternate(rig: Rig, progress: (line: string) => void) {
  const samples: Record<'ours' | 'peer', Sample[]> = { ours: [], peer: [] };
  for (let turn = 1 - WARM_UPS; turn <= REPETITIONS; turn++) {
    for (const side of ['ours', 'peer'] as const) {
      await sleep(QUIET_MS);
      const sample = await rig.run(side, `${side} ${turn}`);
      const { creation, vote } = sample;
      progress(`${side} ${turn}/${REPETITIONS}: created in ${creation.toFixed(0)} ms, voted in ${vote.toFixed(0)} ms`);
      if (turn > 0) {
        samples[side].push(sample);
      }
    }
  }
  return samples;
}
