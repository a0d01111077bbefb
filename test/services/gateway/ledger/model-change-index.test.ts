import fc from 'fast-check';
import { changeOfKey, eventKey } from '../../../../core/event-key';
import { LedgerModel } from '../../../../services/gateway/ledger/model-ledger';

interface Recorded {
  readonly change: number;
  readonly revision: number;
  readonly segment: number;
}

/** Events of few changes in segments that only grow, some of them recorded twice, as a replay of two sources may. */
const history = fc
  .array(
    fc.record({ change: fc.integer({ min: 1, max: 5 }), revision: fc.integer({ min: 1, max: 8 }), next: fc.boolean() }),
    {
      maxLength: 60,
    },
  )
  .map((steps) => {
    let segment = 1;
    return steps.map(({ next, ...event }): Recorded => {
      segment += next ? 1 : 0;
      return { ...event, segment };
    });
  });

const event = ({ change, revision }: Recorded) => ({
  type: 'patchset-created',
  change: { project: 'a/b', branch: 'main', number: change },
  patchSet: { number: 1, revision: `r${revision}`, ref: 'refs/changes/1' },
});
const keyOf = (recorded: Recorded): string => eventKey('s', event(recorded)) ?? '';

function modelOf(events: readonly Recorded[]): LedgerModel {
  const model = new LedgerModel();
  for (const recorded of events) {
    const record = {
      kind: 'event',
      key: keyOf(recorded),
      at: '2025-11-23T10:00:00.000Z',
      event: event(recorded),
    } as const;
    model.apply({ ...record, verdicts: {} }, { segment: recorded.segment });
  }
  return model;
}

describe('the index of events by change', () => {
  test('names exactly the events that the ledger has of a change, each once, in order, after old segments are gone', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 60 }), (events, last) => {
        const model = modelOf(events);
        model.dropThrough(last);

        const keys = [...new Set(events.map(keyOf))].filter((key) => model.find(key) !== undefined);
        for (const change of [1, 2, 3, 4, 5, 6]) {
          expect(model.changes.of(change)).toEqual(keys.filter((key) => changeOfKey(key) === change));
        }
      }),
    );
  });

  test('knows no ref', () => {
    const model = new LedgerModel();
    model.changes.add('s:ref-updated:p:refs%2Fheads%2Fmain:0:1');

    expect(model.changes.of(0)).toEqual([]);
  });
});
