import { Counter, Gauge, Histogram } from 'prom-client';
import type { Damage } from './ledger/replay';

/** What the gateway counts. Label values are from closed sets: types, pipelines, reasons; never names from Gerrit. */
export const metrics = {
  events: new Counter({
    name: 'gateway_events_total',
    help: 'Events recorded in the ledger, by type and by where they were learned of.',
    labelNames: ['type', 'source'],
  }),
  repeats: new Counter({
    name: 'gateway_repeated_events_total',
    help: 'Events that the ledger already had.',
    labelNames: ['source'],
  }),
  noise: new Counter({ name: 'gateway_noise_total', help: 'Stream events that no pipeline can act on.' }),
  filtered: new Counter({
    name: 'gateway_filtered_total',
    help: 'Events the coarse filter kept from a pipeline, by reason.',
    labelNames: ['pipeline', 'reason'],
  }),
  unmatched: new Counter({
    name: 'gateway_unmatched_events_total',
    help: 'Events that no trigger of any pipeline matches.',
    labelNames: ['type'],
  }),
  quarantined: new Counter({
    name: 'gateway_quarantined_lines_total',
    help: 'Stream lines that are no event: undecodable or too long.',
  }),
  droppedOutput: new Counter({
    name: 'gateway_dropped_output_total',
    help: 'Times Gerrit said that it dropped events.',
  }),
  unresolved: new Gauge({ name: 'gateway_unresolved_events', help: 'Events that wait for their change message.' }),
  undecided: new Gauge({
    name: 'gateway_undecided_pairs',
    help: 'Pairs handed on or waiting that have no terminal decision.',
    labelNames: ['pipeline'],
  }),
  oldest: new Gauge({
    name: 'gateway_oldest_undecided_seconds',
    help: 'Age of the pair that waits longest for its decision; 0 when none does.',
    labelNames: ['pipeline'],
  }),
  sends: new Counter({
    name: 'gateway_sends_total',
    help: 'Pairs sent to the bus.',
    labelNames: ['pipeline'],
  }),
  resends: new Counter({
    name: 'gateway_resends_total',
    help: 'Pairs sent again because no decision came.',
    labelNames: ['pipeline'],
  }),
  decisions: new Counter({
    name: 'gateway_decisions_total',
    help: 'Decisions recorded.',
    labelNames: ['pipeline', 'kind'],
  }),
  listeners: new Gauge({
    name: 'gateway_event_source_streams',
    help: 'Open streams of EventSource pods.',
    labelNames: ['pipeline'],
  }),
  refusedStreams: new Counter({
    name: 'gateway_refused_streams_total',
    help: 'Streams of events asked for by a name that is no pipeline of ours.',
  }),
  fsync: new Histogram({
    name: 'gateway_ledger_sync_seconds',
    help: 'One write and sync of the ledger.',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
  }),
  cutBytes: new Counter({
    name: 'gateway_ledger_cut_bytes_total',
    help: 'Bytes of a torn write that were cut off the ledger at a start. Nobody was told that they were there.',
  }),
  damaged: new Counter({
    name: 'gateway_ledger_damaged_records_total',
    help: 'Records of the ledger that cannot be read. Always an alarm: see to its volume.',
  }),
  standbysInStep: new Gauge({
    name: 'gateway_standbys_in_step',
    help: 'Replicas that may take over from this leader with nothing lost; 0 on a standby. 0 on every replica is an alarm.',
  }),
  standbyLag: new Gauge({
    name: 'gateway_standby_lag_bytes',
    help: 'What the slowest standby that asks this leader has still to copy.',
  }),
  replicationWait: new Histogram({
    name: 'gateway_replication_wait_seconds',
    help: 'How long answers waited until a standby had on disk what they tell.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
  }),
  uncleanTakeovers: new Counter({
    name: 'gateway_unclean_takeovers_total',
    help: 'Takeovers by a replica that was not in step. Always an alarm: what was decided last may be decided again.',
  }),
  heardLost: new Counter({
    name: 'gateway_heard_lost_total',
    help: 'Stream events that a standby could not keep.',
  }),
  connected: new Gauge({ name: 'gateway_stream_connected', help: '1 while Gerrit streams events to us.' }),
  streamEnds: new Counter({
    name: 'gateway_stream_ends_total',
    help: 'Ends of the event stream and failed attempts, by reason.',
    labelNames: ['reason'],
  }),
  lag: new Histogram({
    name: 'gateway_event_lag_seconds',
    help: 'From the event in Gerrit to its place on our disk. Gerrit tells whole seconds.',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600],
  }),
  sweeps: new Counter({
    name: 'gateway_sweeps_total',
    help: 'Readings of a source that is asked for what was missed, by outcome.',
    labelNames: ['source', 'outcome'],
  }),
  recovered: new Counter({
    name: 'gateway_recovered_events_total',
    help: 'Events that the stream did not bring, by the source that did.',
    labelNames: ['source', 'type'],
  }),
  eventsLogThere: new Gauge({
    name: 'gateway_events_log_there',
    help: '1 while the events-log plug-in answers us; 0: it is not there, and what was missed is read by REST alone.',
  }),
  unknownKeys: new Counter({ name: 'gateway_unknown_keys_total', help: 'Calls about keys the ledger does not know.' }),
  refused: new Counter({
    name: 'gateway_refused_calls_total',
    help: 'Calls to the ledger without the right to make them.',
    labelNames: ['why'],
  }),
};

/** Counts what a reading of segments found wrong with them. */
export function countDamage({ cutBytes, records }: Damage): void {
  metrics.cutBytes.inc(cutBytes);
  metrics.damaged.inc(records);
}
