import { Decision, isTerminal } from '../../core/decision';

const WAIT = {
  since: '2026-01-01T00:00:00.000Z',
  limit: 'namespace-quota',
  resource: 'requests.cpu',
  used: '1800m',
  hard: '2',
  wanted: '500m',
  place: 1,
  of: 2,
  ahead: { gate: 1 },
  precedence: 'check',
  raise: 'ServiceOps',
};

describe('a decision to wait', () => {
  test('that was recorded before waits said why is still read', () => {
    expect(Decision.parse({ kind: 'queued', reason: 'project not ready' })).toEqual({
      kind: 'queued',
      reason: 'project not ready',
    });
  });

  test('says which limit, and is never the last word', () => {
    const decision = Decision.parse({ kind: 'queued', reason: 'held back', wait: WAIT });

    expect(decision).toMatchObject({ wait: WAIT });
    expect(isTerminal(decision)).toBe(false);
  });

  test.each([
    ['limit', 'weather'],
    ['place', 0],
    ['since', 'yesterday'],
  ])('is refused with %s %p', (field, value) => {
    const refused = Decision.safeParse({ kind: 'queued', reason: 'held back', wait: { ...WAIT, [field]: value } });

    expect(refused.success).toBe(false);
  });
});
