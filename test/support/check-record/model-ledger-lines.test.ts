import { encodeFrame } from '../../../services/gateway/ledger/decode-frame';
import type { LedgerRecord } from '../../../services/gateway/ledger/model-record';
import { parseLedger } from './model-ledger-lines';

const AT = '2026-11-23T10:00:00.000Z';
const EVENT: LedgerRecord = {
  ...{ kind: 'event', key: 'local:patchset-created:a:1:é', at: AT, verdicts: { check: 'pass' } },
  event: { type: 'patchset-created' },
};
const QUEUED: LedgerRecord = {
  ...{ kind: 'decision', seq: 1, key: EVENT.key, pipeline: 'check', at: AT },
  decision: { kind: 'queued', reason: 'received' },
};
const SPAWNED: LedgerRecord = {
  ...{ ...QUEUED, seq: 2 },
  decision: {
    ...{ kind: 'spawned', definitionCommit: 'c' },
    workflow: { namespace: 'ci-a', name: 'n', uid: 'u' },
  },
};
const segment = (...records: LedgerRecord[]) => Buffer.concat(records.map(encodeFrame));
const HEADER: LedgerRecord = { kind: 'header', version: 1, seq: 0 };

// The one place where the checker meets the code it judges: that both read one format.
test('reads what the gateway writes, over segments, and of decisions the terminal ones', () => {
  expect(parseLedger([segment(HEADER, EVENT, QUEUED), segment(HEADER, SPAWNED)])).toEqual({
    events: [{ kind: 'event', key: EVENT.key, verdicts: { check: 'pass' } }],
    decisions: [
      {
        key: EVENT.key,
        pipeline: 'check',
        decision: { kind: 'spawned', workflow: { namespace: 'ci-a', name: 'n', uid: 'u' } },
      },
    ],
    damaged: 0,
  });
});

test('passes over a torn end, and counts what is damaged before it', () => {
  const whole = segment(HEADER, EVENT, SPAWNED);
  expect(parseLedger([whole.subarray(0, -5)])).toMatchObject({ decisions: [], damaged: 0 });

  const broken = Buffer.from(whole);
  broken[segment(HEADER).length + 12] = 0x21;
  expect(parseLedger([broken])).toMatchObject({ events: [], decisions: [{ key: EVENT.key }], damaged: 1 });
});
