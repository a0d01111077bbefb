import { eventCount } from '../event-path/event-count';
import { type Benchmark, compare } from '../measurement';
import { Backlog, type Spawned } from './backlog';

const BACKLOG = eventCount(2_000);
const ROUNDS = 3;
/** Argo's triggers would need minutes for all of it, so each side is given so long of it in a turn. */
const TURN_SECONDS = 25;
const PEERS = {
  'argo-workflow': { trigger: 'argoWorkflow', says: "Argo's Sensor with its trigger `argoWorkflow` (submit)" },
  k8s: { trigger: 'k8s', says: "Argo's Sensor with its trigger `k8s` (create)" },
} as const;
type Peer = keyof typeof PEERS;
const peers = Object.keys(PEERS) as Peer[];

/** Workflows a second from events that wait on the bus: by our trigger, and by Argo's own two, from the same messages. */
export const spawnThroughput: Benchmark = {
  names: Object.fromEntries(
    peers.map((peer) => [
      `spawn.throughput.${peer}`,
      `Workflows/s from a backlog of ${BACKLOG} events, beside ${PEERS[peer].says} on the same bus`,
    ]),
  ),
  run: async (progress) => {
    const backlog = await Backlog.prepare(BACKLOG, progress);
    const ours: number[] = [];
    const theirs: Record<Peer, number[]> = { 'argo-workflow': [], k8s: [] };
    const note = (who: string, round: number, into: number[], { workflows, seconds }: Spawned) => {
      into.push(workflows / seconds);
      progress(`${who} ${round}/${ROUNDS}: ${workflows} Workflows in ${seconds.toFixed(1)} s`);
    };
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        for (const peer of peers) {
          note(peer, round, theirs[peer], await backlog.peer(PEERS[peer].trigger, TURN_SECONDS));
        }
        note('ours', round, ours, await backlog.ours(TURN_SECONDS));
      }
    } finally {
      await backlog.remove();
    }
    return peers.map((peer) =>
      compare(
        { name: `spawn.throughput.${peer}`, unit: 'Workflows/s', peer: PEERS[peer].says },
        { ours, peer: theirs[peer] },
        0.5,
      ),
    );
  },
};
