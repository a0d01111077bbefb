import { revisionOf, streamLine, streamLines } from '../../../bench/gateway/stream-lines';
import { eventKey } from '../../../core/event-key';
import { decodeStreamLine } from '../../../services/gateway/decode-stream-event';

test('every line is an event that a pipeline can act on, of a key of its own', () => {
  const keys = streamLines(1_000).map((line) => {
    const said = decodeStreamLine(line.toString('utf8'));
    return said.kind === 'event' ? eventKey('local', said.event) : said.kind;
  });

  expect(new Set(keys).size).toBe(1_000);
  expect(keys.every((key) => key?.startsWith('local:'))).toBe(true);
});

test('the commit of a change is that of its pushed patch set', () => {
  const said = decodeStreamLine(streamLine(40).toString('utf8'));

  expect(said).toMatchObject({ event: { change: { number: 41 }, patchSet: { revision: revisionOf(41) } } });
});
