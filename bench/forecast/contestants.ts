import { orderedQuantiles } from '../../infra/capacity/forecast/continued';
import { continueValues } from '../../infra/capacity/forecast/forecast';
import { exponentialSmoothingPeer, type Peer, seasonalNaivePeer } from '../../infra/capacity/forecast/peers';
import { airlinePeer, autoArimaPeer } from './arima-peer';

/** The same peer fitted on log(1 + value): what a practitioner does for counts, and often the better half of a pair. */
function onLogScale(peer: Peer): Peer {
  return {
    ...peer,
    name: `${peer.name}, log scale`,
    predict: (values, horizon) =>
      peer
        .predict(values.map(Math.log1p), horizon)
        .map(([p10, p50, p90]) => orderedQuantiles(Math.expm1(p10), Math.expm1(p50), Math.expm1(p90))),
  };
}

/** What is measured. */
export const OURS: Peer = {
  name: 'ours',
  leastValues: 1,
  predict: (values, horizon) => continueValues(values, horizon).days,
};

const PEERS = [seasonalNaivePeer, exponentialSmoothingPeer, autoArimaPeer, airlinePeer];

/** Ours first, then each peer on the scale of the values and on the log scale. */
export const CONTESTANTS: readonly Peer[] = [OURS, ...PEERS.flatMap((peer) => [peer, onLogScale(peer)])];
