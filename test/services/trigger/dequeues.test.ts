import { Dequeues } from '../../../services/trigger/dequeues';

const pair = (type: string, what: string, change = 7) => ({
  key: `s:${type}:demo:${change}:${what}`,
  pipeline: 'check',
});

describe('requests to take a change out', () => {
  test('are known for what else happens to the change in the pipeline, and nowhere else', () => {
    const dequeues = new Dequeues();

    expect(dequeues.note(pair('comment-added', 'm'), 5)).toBe('new');

    expect(dequeues.latest(pair('patchset-created', 'a'))).toBe(5);
    expect(dequeues.latest(pair('patchset-created', 'a', 8))).toBeUndefined();
    expect(dequeues.latest({ ...pair('patchset-created', 'a'), pipeline: 'other' })).toBeUndefined();
  });

  test('are new once, and the latest counts', () => {
    const dequeues = new Dequeues();

    const said = [5, 5, 4, 6].map((at) => dequeues.note(pair('comment-added', 'm'), at));

    expect(said).toEqual(['new', 'known', 'known', 'new']);
    expect(dequeues.latest(pair('patchset-created', 'a'))).toBe(6);
  });

  test('are forgotten, the oldest first, when there are too many', () => {
    const dequeues = new Dequeues();

    for (let change = 0; change <= 10_000; change++) {
      dequeues.note(pair('comment-added', 'm', change), change);
    }

    expect(dequeues.latest(pair('patchset-created', 'a', 0))).toBeUndefined();
    expect(dequeues.latest(pair('patchset-created', 'a', 1))).toBe(1);
  });
});
