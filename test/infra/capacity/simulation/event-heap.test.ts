import fc from 'fast-check';
import { EventHeap } from '../../../../infra/capacity/simulation/event-heap';

describe('EventHeap', () => {
  test('events come out by time, whatever order they went in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 3000 }), (times) => {
        const heap = new EventHeap();
        for (const [item, time] of times.entries()) heap.push(time, item);
        const out: number[] = [];
        while (heap.size > 0) out.push(times[heap.pop()] ?? Number.NaN);
        expect(out).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });

  test('the earliest of none is never', () => {
    expect(new EventHeap().earliest).toBe(Number.POSITIVE_INFINITY);
  });

  test('throws when an event is taken from none', () => {
    expect(() => new EventHeap().pop()).toThrow('the heap is empty');
  });
});
