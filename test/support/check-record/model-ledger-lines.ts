import { crc32 } from 'node:zlib';
import { z } from 'zod';

/** What the ledger's files say, line by line in the order of writing, as far as a checker needs it. */
export interface LedgerLines {
  readonly events: readonly EventLine[];
  /** Terminal ones only. */
  readonly decisions: readonly DecisionLine[];
  /** Lines with a wrong checksum that have good ones behind them. */
  readonly damaged: number;
}

const EventLine = z.object({
  kind: z.literal('event'),
  key: z.string(),
  verdicts: z.record(z.string(), z.string()),
});
export type EventLine = Omit<z.infer<typeof EventLine>, 'kind'>;

const Decision = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queued') }),
  z.object({ kind: z.literal('filtered'), reason: z.string() }),
  z.object({ kind: z.literal('rejected') }),
  z.object({ kind: z.literal('reviewed') }),
  z.object({ kind: z.literal('dead-lettered'), reason: z.string() }),
  z.object({
    kind: z.literal('spawned'),
    workflow: z.object({ namespace: z.string(), name: z.string(), uid: z.string() }),
  }),
]);
export type TerminalDecision = Exclude<z.infer<typeof Decision>, { kind: 'queued' }>;

const DecisionLine = z.object({
  kind: z.literal('decision'),
  key: z.string(),
  pipeline: z.string(),
  decision: Decision,
});
export interface DecisionLine {
  readonly key: string;
  readonly pipeline: string;
  readonly decision: TerminalDecision;
}

/** Lines of kinds that say nothing of events and decisions. */
const OtherLine = z.object({ kind: z.enum(['header', 'raw', 'raw-closed', 'cursor', 'tips', 'quarantined']) });
const Line = z.union([EventLine, DecisionLine, OtherLine]);

/** `<8 hex digits of CRC-32> <JSON>`. */
const LINE = /^([0-9a-f]{8}) (.*)$/s;

/** Reads segments, oldest first. A torn end was promised to nobody and is passed over. Throws at a line of unknown shape. */
export function parseLedger(segments: readonly Buffer[]): LedgerLines {
  const read = { events: [] as EventLine[], decisions: [] as DecisionLine[], damaged: 0 };
  for (const segment of segments) {
    let damagedSinceGood = 0;
    for (const line of linesOf(segment)) {
      const [, sum = '', json = ''] = LINE.exec(line.toString('utf8')) ?? [];
      if (sum === '' || crc32(Buffer.from(json)) !== Number.parseInt(sum, 16)) {
        damagedSinceGood += 1;
        continue;
      }
      read.damaged += damagedSinceGood;
      damagedSinceGood = 0;
      take(Line.parse(JSON.parse(json)), read);
    }
  }
  return read;
}

function take(line: z.infer<typeof Line>, read: { events: EventLine[]; decisions: DecisionLine[] }): void {
  if (line.kind === 'event') {
    read.events.push(line);
  } else if (line.kind === 'decision' && line.decision.kind !== 'queued') {
    read.decisions.push({ key: line.key, pipeline: line.pipeline, decision: line.decision });
  }
}

/** Whole lines only. */
function* linesOf(segment: Buffer): Generator<Buffer> {
  for (let from = 0, end = segment.indexOf('\n'); end !== -1; from = end + 1, end = segment.indexOf('\n', from)) {
    yield segment.subarray(from, end);
  }
}
