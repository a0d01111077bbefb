import fc from 'fast-check';
import { changeOfKey, eventKey, projectOfKey } from '../../../../core/event-key';
import { EventIndex } from '../../../../services/gateway/ledger/model-event-index';

interface Recorded {
  readonly key: string;
  readonly segment: number;
  readonly offset: number;
}

const PROJECTS = ['a/b', 'a', 'x:y%2Fz'];

/** Events of few changes and refs in segments that only grow, some of them recorded twice, as a replay of two sources may. */
const history = fc
  .array(
    fc.record({
      project: fc.constantFrom(...PROJECTS),
      change: fc.integer({ min: 0, max: 5 }),
      revision: fc.integer({ min: 1, max: 8 }),
      next: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let segment = 1;
    return steps.map(({ project, change, revision, next }, offset): Recorded => {
      segment += next ? 1 : 0;
      return { key: keyOf(change, `r${revision}`, project), segment, offset };
    });
  });

/** Change 0 stands for a ref. */
function keyOf(change: number, revision: string, project = 'a/b'): string {
  const refUpdate = { project, refName: 'refs/heads/main', oldRev: 'r0', newRev: revision };
  const pushed = {
    change: { project, branch: 'main', number: change },
    patchSet: { number: 1, revision, ref: 'refs/changes/1' },
  };
  const event = change === 0 ? { type: 'ref-updated', refUpdate } : { type: 'patchset-created', ...pushed };
  return eventKey('s', event) ?? '';
}

describe('the index of events', () => {
  test('knows exactly the events that were put in, by key and in order by change and project, after old segments are gone', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 60 }), fc.integer({ min: 1, max: 60 }), (events, last, most) => {
        const index = new EventIndex();
        const latest = new Map<string, Recorded>();
        for (const recorded of events) {
          expect(index.put(recorded.key, { ...recorded, length: 10 })).toBe(!latest.has(recorded.key));
          latest.set(recorded.key, recorded);
        }
        index.dropThrough(last);

        const left = [...latest.values()].filter(({ segment }) => segment > last);
        const placeOf = ({ segment, offset }: Recorded) => ({ segment, offset, length: 10 });
        for (const recorded of latest.values()) {
          expect(index.placeOf(recorded.key)).toEqual(left.includes(recorded) ? placeOf(recorded) : undefined);
        }
        for (const change of [0, 1, 2, 3, 4, 5, 6]) {
          const own = left.filter(({ key }) => changeOfKey(key) === change);
          expect(index.placesOfChange(change)).toEqual(own.map(placeOf));
        }
        const ofProject = (project: string) => left.filter(({ key }) => projectOfKey(key) === project).slice(-most);
        expect(PROJECTS.map((project) => index.placesOfProject(project, most))).toEqual(
          PROJECTS.map((project) => ofProject(project).map(placeOf)),
        );
        expect(index.placesOfProject('unheard', most)).toEqual([]);
      }),
    );
  });

  test('says of an event that is not on disk yet only in which segment it will be', () => {
    const index = new EventIndex();
    const key = keyOf(1, 'r1');

    index.put(key, { segment: 3 });
    expect(index.placeOf(key)).toEqual({ segment: 3 });
    index.put(key, { segment: 4, offset: 0, length: 7 });
    expect(index.placesOfChange(1)).toEqual([{ segment: 4, offset: 0, length: 7 }]);
  });

  test('finds each of many more than it began with room for', () => {
    const index = new EventIndex();
    const count = 20_000;
    for (let at = 0; at < count; at++)
      index.put(keyOf((at % 7_000) + 1, `r${at}`), { segment: 1, offset: at, length: 1 });

    for (let at = 0; at < count; at += 97) {
      expect(index.placeOf(keyOf((at % 7_000) + 1, `r${at}`))).toEqual({ segment: 1, offset: at, length: 1 });
    }
    expect(index.has(keyOf(1, 'another'))).toBe(false);
    expect(index.placesOfChange(7_000).map(({ offset }) => offset)).toEqual([6_999, 13_999]);
  });
});
