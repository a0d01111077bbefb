import fc from 'fast-check';
import { KeyLanes, type Lane } from '../../../services/shared/key-lanes';

describe('keys that wait', () => {
  test('are each handed out once, however often and in whichever lane they were added', () => {
    const lane = fc.constantFrom<Lane>('fresh', 'resync');
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.tuple(fc.nat(20), lane), fc.constant('take' as const))), (steps) => {
        const lanes = new KeyLanes();
        const waiting = new Set<string>();
        for (const step of steps) {
          if (step === 'take') {
            const key = lanes.take();
            expect(key === undefined ? waiting.size === 0 : waiting.delete(key)).toBe(true);
          } else {
            lanes.add(String(step[0]), step[1]);
            waiting.add(String(step[0]));
          }
          expect(lanes.size).toBe(waiting.size);
        }
      }),
    );
  });

  test('of a resync come after fresh ones, and still come while fresh ones never end', () => {
    const lanes = new KeyLanes();
    for (let index = 0; index < 10; index += 1) lanes.add(`old-${index}`, 'resync');
    const taken: (string | undefined)[] = [];
    for (let index = 0; index < 50; index += 1) {
      lanes.add(`new-${index}`, 'fresh');
      taken.push(lanes.take());
    }

    expect(taken.slice(0, 5)).toEqual(['new-0', 'new-1', 'new-2', 'new-3', 'old-0']);
    expect(taken.filter((key) => key?.startsWith('old-'))).toHaveLength(10);
  });

  test('an event about a key of the resync moves it forward', () => {
    const lanes = new KeyLanes();
    for (const key of ['a', 'b', 'c']) lanes.add(key, 'resync');
    lanes.add('c', 'fresh');

    expect([lanes.take(), lanes.take(), lanes.take(), lanes.take()]).toEqual(['c', 'a', 'b', undefined]);
  });
});
