import { setTimeout as sleep } from 'node:timers/promises';
import { changeOfKey } from '../../core/event-key';
import { GerritEvent } from '../../core/gerrit-event';
import { eventCount } from '../event-path/event-count';
import { EventSourceClient } from '../event-path/event-source-client';
import { openChange, openChanges } from '../event-path/gerrit-changes';
import { Ground, PIPELINE } from '../event-path/ground';
import { Arrivals } from '../latency/arrivals';
import { type Benchmark, compare } from '../measurement';
import { PlainReader } from './plain-reader';

const EVENTS = eventCount(1_000);
const WARM_UPS = 200;
/** Several times as often as Wikimedia's Gerrit tells of anything. As fast as it goes, Gerrit would leave nobody a processor. */
const EVERY_MS = 100;
const PATIENCE_MS = 60_000;
const WITHIN_MS = 30_000;
const PEER = 'a second `ssh … gerrit stream-events | cat`';

/** First sight of each patch set, by the number of its change. */
interface Seen {
  readonly first: Arrivals<number>;
  readonly second: Arrivals<number>;
  readonly handedOn: Arrivals<number>;
}

/**
 * What the gateway adds to a plain reader of Gerrit's stream: from a line's arrival at OpenSSH's client to the arrival of
 * its reference at an EventSource's, on disk by then. Two plain readers and the gateway hear the same events of a real Gerrit.
 */
export const gatewayAdded: Benchmark = {
  names: {
    'gateway.added.p50': `ms after a plain reader of Gerrit's stream that the gateway hands an event on, beside ${PEER}; median`,
    'gateway.added.p99': 'the same, 99 % quantile',
  },
  run: async (progress) => {
    const ground = await Ground.start(1, progress);
    const { gerrit, projects } = ground;
    const [project = ''] = projects.map(({ name }) => name);
    const seen: Seen = { first: new Arrivals(), second: new Arrivals(), handedOn: new Arrivals() };
    const closing: (() => unknown)[] = [() => ground.remove()];
    try {
      const gateway = await ground.startGateway({ resendAfterSeconds: 600, sweepSeconds: 3600, window: 10_000 });
      closing.unshift(() => gateway.process.stop());
      for (const arrivals of [seen.first, seen.second]) {
        const reader = await PlainReader.start(gerrit.endpoint, gerrit.sshKey, noteIn(arrivals));
        closing.unshift(() => reader.stop());
      }
      const client = new EventSourceClient(gateway.eventSourcePort, PIPELINE, ({ key }) => {
        const at = performance.now();
        seen.handedOn.note(String(changeOfKey(key)), 0, at);
      });
      closing.unshift(() => client.close());
      await untilAllRead(() => openChange(gerrit.admin, project, 'First'), seen);
      await openChanges(gerrit.admin, [project], WARM_UPS);
      const from = (await openChange(gerrit.admin, project, 'Last before')) + 1;
      progress(`${EVENTS} changes are opened, one each ${EVERY_MS} ms`);
      for (let opened = 0; opened < EVENTS; opened++) {
        await Promise.all([openChange(gerrit.admin, project, `Change ${opened}`), sleep(EVERY_MS)]);
      }
      const samples = await samplesOf(seen, from);
      const [seconds = 0, syncs = 1] = await Promise.all(
        ['sum', 'count'].map((part) => gateway.process.metric(`gateway_ledger_sync_seconds_${part}`)),
      );
      progress(`the gateway waited ${((1000 * seconds) / syncs).toFixed(2)} ms for the disk, ${syncs} times`);
      const figure = (name: string, fraction: number) => compare({ name, unit: 'ms', peer: PEER }, samples, fraction);
      return [figure('gateway.added.p50', 0.5), figure('gateway.added.p99', 0.99)];
    } finally {
      for (const close of closing) await close();
    }
  },
};

/** Notes when the first line about a patch set was there. */
function noteIn(arrivals: Arrivals<number>): (line: Buffer, at: number) => void {
  return (line, at) => {
    const { type, change } = GerritEvent.parse(JSON.parse(line.toString('utf8')));
    if (type === 'patchset-created' && change !== undefined) arrivals.note(String(change.number), change.number, at);
  };
}

/** Opens changes until one is seen by everybody: from then on nobody misses any. */
async function untilAllRead(open: () => Promise<number>, seen: Seen): Promise<void> {
  for (const giveUpAt = Date.now() + PATIENCE_MS; ; await sleep(500)) {
    const change = String(await open());
    const all = Object.values<Arrivals<number>>({ ...seen }).map((arrivals) => arrivals.of(change, 2_000));
    const outcomes = await Promise.allSettled(all);
    if (outcomes.every(({ status }) => status === 'fulfilled')) return;
    if (Date.now() > giveUpAt) throw new Error('not everybody reads the event stream; see what ssh says above');
  }
}

/** Milliseconds after the first reader, of each change: when the gateway had handed it on, and when the second reader had it. */
async function samplesOf({ first, second, handedOn }: Seen, from: number): Promise<{ ours: number[]; peer: number[] }> {
  const samples = { ours: [] as number[], peer: [] as number[] };
  for (let change = from; change < from + EVENTS; change++) {
    const [base, other, ours] = await Promise.all(
      [first, second, handedOn].map((arrivals) => arrivals.of(String(change), WITHIN_MS)),
    );
    if (base === undefined || other === undefined || ours === undefined) continue;
    samples.ours.push(ours.at - base.at);
    samples.peer.push(other.at - base.at);
  }
  return samples;
}
