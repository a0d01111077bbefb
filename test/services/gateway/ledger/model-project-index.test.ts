import fc from 'fast-check';
import { MOST_OF_A_PROJECT, ProjectIndex } from '../../../../services/gateway/ledger/model-project-index';

const keyOf = (project: string, at: number): string => `s:patchset-created:${encodeURIComponent(project)}:${at}:r`;

describe("the index of each project's newest events", () => {
  test('names the last ones in order, however many there were, and none that is gone', () => {
    const projects = ['a/b', 'a', 'x:y%2Fz'];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...projects), { maxLength: 3 * MOST_OF_A_PROJECT, size: 'max' }),
        fc.nat({ max: 2 * MOST_OF_A_PROJECT }),
        (events, gone) => {
          const index = new ProjectIndex();
          const keys = events.map(keyOf);
          for (const key of keys) index.add(key);
          index.keepOnly((key) => keys.indexOf(key) >= gone);

          for (const project of projects) {
            const mine = keys.filter((_, at) => events[at] === project).slice(-MOST_OF_A_PROJECT);
            const wanted = mine.filter((key) => keys.indexOf(key) >= gone);
            expect(index.of(project)).toEqual(wanted);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('holds no more of a busy project than twice what it names', () => {
    const index = new ProjectIndex();
    for (let at = 0; at < 10_000; at++) index.add(keyOf('busy', at));

    expect(index.of('busy')).toHaveLength(MOST_OF_A_PROJECT);
    expect(index.of('busy').at(-1)).toBe(keyOf('busy', 9_999));
    expect(index.of('unheard')).toEqual([]);
  });
});
