import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Decision } from '../../../../core/decision';
import { DiskSegments } from '../../../../services/gateway/ledger/disk-segments';
import { Ledger } from '../../../../services/gateway/ledger/ledger';
import { LedgerCopy } from '../../../../services/gateway/ledger/ledger-copy';
import { isBeginning, readOn, startOf } from '../../../../services/gateway/ledger/ship-segments';
import { created, removeFolder, silent } from '../gateway-fixture';

const SEGMENT_BYTES = 1_500;

let folders: string[];
beforeEach(() => {
  folders = [];
});
afterEach(() => folders.forEach(removeFolder));

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'copy-'));
  folders.push(made);
  return made;
}

const onFailure = (error: Error) => {
  throw error;
};
const open = (directory: string, now?: () => number) =>
  Ledger.open({
    store: new DiskSegments(directory),
    log: silent,
    onFailure,
    segmentBytes: SEGMENT_BYTES,
    ...(now === undefined ? {} : { now }),
  });
const copyIn = (directory: string) => LedgerCopy.open(new DiskSegments(directory), { log: silent });

/** Copies what there is: true when the copy was a beginning of the ledger, or had to be made one by stepping back. */
async function catchUp(copy: LedgerCopy, ledger: Ledger): Promise<void> {
  while (!copy.isEmpty && !(await isBeginning(ledger.shipped, copy.end, await copy.hashEnd()))) {
    await copy.stepBack();
  }
  for (;;) {
    const { shipped } = ledger;
    const chunk = await readOn(shipped, copy.isEmpty ? startOf(shipped) : copy.end);
    if (chunk === undefined) {
      return copy.forgetBefore(shipped.first);
    }
    await copy.append(chunk);
  }
}

const revisionOf = (number: number) => String(number).padStart(40, '0');
const record = (ledger: Ledger, number: number) =>
  ledger.recordEvent(`key-${number}`, created(number, revisionOf(number)), { check: 'pass' });
const spawned = (uid: string): Decision => ({
  kind: 'spawned',
  workflow: { namespace: 'ci-a', name: 'a', uid },
  definitionCommit: 'c0',
});
const segmentsIn = (directory: string) =>
  Object.fromEntries(
    readdirSync(directory)
      .filter((name) => name.endsWith('.ledger'))
      .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );

/** All that a ledger answers with. */
async function answersOf(ledger: Ledger, most: number) {
  const numbers = Array.from({ length: most }, (_value, number) => number);
  return {
    undecided: [...ledger.undecided()].map(({ key, pipeline, received }) => ({ key, pipeline, received })),
    decisions: ledger.decisions.after(0, 1_000),
    cursor: ledger.cursor,
    events: await Promise.all(numbers.map((number) => ledger.events.find(`key-${number}`))),
    runs: numbers.map((number) => ledger.findRun(`u-${number}`)),
  };
}

const STEPS = ['hears', 'receives', 'decides', 'reads', 'copies', 'standbyRestarts'] as const;

/** A ledger that is written and a copy of it, each step one thing that happens to them. */
class Pair {
  events = 0;
  decided = 0;

  private constructor(
    readonly leading: string,
    readonly standing: string,
    readonly ledger: Ledger,
    public copy: LedgerCopy,
  ) {}

  static async open(leading: string, standing: string): Promise<Pair> {
    return new Pair(leading, standing, await open(leading), await copyIn(standing));
  }

  async hears(): Promise<void> {
    await record(this.ledger, this.events++);
  }

  async receives(): Promise<void> {
    await this.ledger.receive(`key-${this.events - 1}`, 'check');
  }

  async decides(): Promise<void> {
    if (this.decided < this.events) {
      await this.ledger.decide(`key-${this.decided}`, 'check', spawned(`u-${this.decided}`));
      this.decided += 1;
    }
  }

  reads(): Promise<void> {
    return this.ledger.setCursor({ floor: 1, until: this.events });
  }

  copies(): Promise<void> {
    return catchUp(this.copy, this.ledger);
  }

  async standbyRestarts(): Promise<void> {
    await this.copy.close();
    this.copy = await copyIn(this.standing);
  }
}

async function expectNothingDecidedTwice(ledger: Ledger, decided: number): Promise<void> {
  for (let number = 0; number < decided; number++) {
    expect(await ledger.decide(`key-${number}`, 'check', spawned('another'))).toEqual({
      kind: 'another-stands',
      standing: spawned(`u-${number}`),
    });
  }
}

describe('a copy of a ledger', () => {
  test('that takes over answers as the ledger did and numbers on, wherever it had got to by then', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 40 }), async (schedule) => {
        const pair = await Pair.open(folder(), folder());
        for (const step of schedule) {
          await pair[step]();
        }
        await pair.copies();
        const { events, decided, leading, standing } = pair;
        const expected = await answersOf(pair.ledger, events);
        await pair.ledger.close();
        expect(segmentsIn(standing)).toEqual(segmentsIn(leading));

        const store = new DiskSegments(standing);
        const successor = await Ledger.open({ store, log: silent, onFailure }, await pair.copy.handOver());
        expect(await answersOf(successor, events)).toEqual(expected);
        await expectNothingDecidedTwice(successor, decided);
        await record(successor, events);
        await successor.decide(`key-${events}`, 'check', spawned('next'));
        const { records, next } = successor.decisions.after(expected.decisions.next, 10);
        expect(records.map(({ key }) => key)).toEqual([`key-${events}`]);
        expect(next).toBe(expected.decisions.next + 1);
        await successor.close();
      }),
      { numRuns: 40 },
    );
  });

  test('of a leader that was deposed drops what the new one never had, keeps it aside, and copies the rest', async () => {
    const [first, second] = [folder(), folder()];
    const ledger = await open(first);
    const copy = await copyIn(second);
    for (let number = 0; number < 12; number++) {
      await record(ledger, number);
    }
    await catchUp(copy, ledger);
    // Nobody was told of these.
    await record(ledger, 100);
    await record(ledger, 101);
    await ledger.close();
    const store = new DiskSegments(second);
    const successor = await Ledger.open(
      { store, log: silent, onFailure, segmentBytes: SEGMENT_BYTES },
      await copy.handOver(),
    );
    await record(successor, 12);

    const back = await copyIn(first);
    await catchUp(back, successor);

    expect(segmentsIn(first)).toEqual(segmentsIn(second));
    const aside = readdirSync(first).filter((name) => name.endsWith('.superseded'));
    expect(aside.map((name) => readFileSync(join(first, name), 'utf8')).join()).toContain('key-101');
    const again = await Ledger.open({ store: new DiskSegments(first), log: silent, onFailure }, await back.handOver());
    expect(again.knows('key-12')).toBe(true);
    expect(again.knows('key-101')).toBe(false);
    await again.close();
    await successor.close();
  });

  test('with a history of its own is replaced as a whole, down to its first segment', async () => {
    const [other, leading] = [folder(), folder()];
    const stranger = await open(other);
    for (let number = 0; number < 12; number++) {
      await record(stranger, number);
    }
    await stranger.close();
    const ledger = await open(leading);
    await record(ledger, 50);

    const copy = await copyIn(other);
    await catchUp(copy, ledger);

    expect(segmentsIn(other)).toEqual(segmentsIn(leading));
    await copy.close();
    await ledger.close();
  });

  test('deletes what the leader has deleted, and begins where the leader does', async () => {
    const [leading, standing, late] = [folder(), folder(), folder()];
    const day = 86_400_000;
    let now = Date.now();
    const ledger = await open(leading, () => now);
    const copy = await copyIn(standing);
    for (let number = 0; number < 12; number++) {
      await record(ledger, number);
      await ledger.decide(`key-${number}`, 'check', spawned(`u-${number}`));
      await catchUp(copy, ledger);
    }
    now += 30 * day;
    expect(await ledger.expire(14)).toBeGreaterThan(1);
    await catchUp(copy, ledger);
    expect(segmentsIn(standing)).toEqual(segmentsIn(leading));

    const newcomer = await copyIn(late);
    await catchUp(newcomer, ledger);
    expect(segmentsIn(late)).toEqual(segmentsIn(leading));
    await newcomer.close();
    await copy.close();
    await ledger.close();
  });

  test('that is behind what readers have seen gives none of their numbers again', async () => {
    const [leading, standing] = [folder(), folder()];
    const ledger = await open(leading);
    const copy = await copyIn(standing);
    for (let number = 0; number < 3; number++) {
      await record(ledger, number);
      await ledger.decide(`key-${number}`, 'check', spawned(`u-${number}`));
      if (number === 0) {
        await catchUp(copy, ledger);
      }
    }
    const { next } = ledger.decisions.after(0, 10);
    await ledger.close();

    const store = new DiskSegments(standing);
    const successor = await Ledger.open({ store, log: silent, onFailure }, await copy.handOver());
    await successor.skipNumbers();
    await record(successor, 1);
    await successor.decide('key-1', 'check', spawned('u-1'));
    await record(successor, 7);
    await successor.decide('key-7', 'check', spawned('u-7'));

    expect(successor.decisions.after(next, 10).records.map(({ key }) => key)).toEqual(['key-1', 'key-7']);
    await successor.close();
    const again = await open(standing);
    expect(again.decisions.after(next, 10).records.map(({ key }) => key)).toEqual(['key-1', 'key-7']);
    await again.close();
  });

  test('takes nothing that is not next, and no part of a record', async () => {
    const [leading, standing] = [folder(), folder()];
    const ledger = await open(leading);
    await record(ledger, 1);
    const copy = await copyIn(standing);
    const chunk = await readOn(ledger.shipped, startOf(ledger.shipped));
    const bytes = chunk?.bytes ?? Buffer.alloc(0);

    await expect(copy.append({ at: { segment: 1, offset: 7 }, bytes })).rejects.toThrow('not next');
    await expect(copy.append({ at: { segment: 1, offset: 0 }, bytes: bytes.subarray(0, -1) })).rejects.toThrow(
      'a part',
    );
    expect(copy.isEmpty).toBe(true);
    await copy.close();
    await ledger.close();
  });
});
