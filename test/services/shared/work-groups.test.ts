import fc from 'fast-check';
import { WorkGroups } from '../../../services/shared/work-groups';

const groups = (most: number) => new WorkGroups({ of: (key) => key.charAt(0), most });
const takeAll = (of: WorkGroups): string[] => {
  const taken: string[] = [];
  for (let key = of.take(); key !== undefined; key = of.take()) taken.push(key);
  return taken;
};

test('groups take turns, and none has more than its places', () => {
  const waiting = groups(2);
  for (const key of ['a1', 'a2', 'a3', 'b1', 'c1']) waiting.add(key, 'fresh');

  expect(takeAll(waiting)).toEqual(['a1', 'b1', 'c1', 'a2']);
  expect(waiting.size).toBe(1);

  waiting.done('a1', 'well');
  expect(takeAll(waiting)).toEqual(['a3']);
});

test('within a group what is fresh goes first', () => {
  const waiting = groups(5);
  waiting.add('a1', 'resync');
  waiting.add('a2', 'fresh');
  waiting.add('a1', 'fresh');

  expect(takeAll(waiting)).toEqual(['a2', 'a1']);
});

test('a group that is too much for the other side has fewer places, and no other has', () => {
  const waiting = groups(4);
  const keys = (group: string) => [1, 2, 3, 4].map((number) => `${group}${number}`);
  for (const key of keys('a')) waiting.add(key, 'fresh');
  for (const key of takeAll(waiting)) waiting.done(key, 'overloaded');
  for (const key of [...keys('a'), ...keys('b')]) waiting.add(key, 'fresh');

  expect(takeAll(waiting)).toEqual(['a1', 'b1', 'a2', 'b2', 'b3', 'b4']);
});

test('whatever comes and goes, a key that waits is taken as soon as its group has a place', () => {
  const deed = fc.record({ group: fc.constantFrom('a', 'b', 'c'), number: fc.nat({ max: 5 }), ends: fc.boolean() });
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
      const waiting = groups(2);
      const running: string[] = [];
      for (const { group, number, ends } of deeds) {
        const over = ends ? running.shift() : undefined;
        if (over === undefined) waiting.add(`${group}${number}`, 'fresh');
        else waiting.done(over, 'well');
        running.push(...takeAll(waiting));
        for (const each of ['a', 'b', 'c']) {
          expect(running.filter((key) => key.startsWith(each)).length).toBeLessThanOrEqual(2);
        }
      }
      const left = waiting.size;
      for (let over = running.shift(); over !== undefined; over = running.shift()) {
        waiting.done(over, 'well');
        running.push(...takeAll(waiting));
      }
      expect({ left, now: waiting.size }).toEqual({ left, now: 0 });
    }),
  );
});

test('forgets what waits, and goes on', () => {
  const waiting = groups(1);
  waiting.add('a1', 'fresh');
  waiting.clear();
  expect(waiting.take()).toBeUndefined();

  waiting.add('a2', 'fresh');
  expect(waiting.take()).toBe('a2');
});
