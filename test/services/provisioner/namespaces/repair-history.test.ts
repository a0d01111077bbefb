import { RepairHistory } from '../../../../services/provisioner/namespaces/repair-history';

const MINUTE_MS = 60_000;

function history() {
  let now = 1_000_000;
  const repairs = new RepairHistory(() => now);
  return { repairs, pass: (ms: number) => (now += ms) };
}

describe('what is put back', () => {
  test('once or twice is no conflict, and is put back at once each time', () => {
    const { repairs } = history();
    repairs.record('demo', 2, 'first');
    repairs.record('demo', 2, 'second');

    expect(repairs.conflictOf('demo')).toBeUndefined();
    expect(repairs.heldOf('demo')).toBe(0n);
    expect(repairs.noteOf('demo')?.message).toBe('second');
  });

  test('three times in ten minutes is one, and is put back less and less often', () => {
    const { repairs, pass } = history();
    for (const _ of [1, 2, 3]) repairs.record('demo', 2, 'again');

    expect(repairs.conflictOf('demo')).toContain('3 times');
    expect(repairs.heldOf('demo')).toBe(0b100n);
    expect(repairs.releaseAfter('demo')).toBe(30_001);
    pass(30_001);
    expect(repairs.heldOf('demo')).toBe(0n);
    repairs.record('demo', 2, 'again');
    expect(repairs.releaseAfter('demo')).toBe(60_001);
  });

  test('three different objects are no conflict', () => {
    const { repairs } = history();
    for (const index of [1, 2, 3]) repairs.record('demo', index, 'each');

    expect(repairs.conflictOf('demo')).toBeUndefined();
  });

  test('is forgotten with time', () => {
    const { repairs, pass } = history();
    for (const _ of [1, 2, 3]) repairs.record('demo', 2, 'again');
    pass(11 * MINUTE_MS);

    expect(repairs.conflictOf('demo')).toBeUndefined();
    expect(repairs.record('demo', 2, 'new')).toBe(1);
  });
});
