import { Counter, Gauge, Histogram } from 'prom-client';

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
    help: 'Readings of changes by REST, by outcome.',
    labelNames: ['outcome'],
  }),
  recovered: new Counter({
    name: 'gateway_recovered_events_total',
    help: 'Events that only the reading by REST found.',
    labelNames: ['type'],
  }),
  unknownKeys: new Counter({ name: 'gateway_unknown_keys_total', help: 'Calls about keys the ledger does not know.' }),
  refused: new Counter({
    name: 'gateway_refused_calls_total',
    help: 'Calls to the ledger without the right to make them.',
    labelNames: ['why'],
  }),
};
