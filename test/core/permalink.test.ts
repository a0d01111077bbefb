import fc from 'fast-check';
import { parseRejectionPath, parseRunPath, rejectionPath, runPath } from '../../core/permalink';

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);

describe('runPath', () => {
  test('lies under /job/<pipeline>/', () => {
    expect(runPath({ pipeline: 'gate-and-submit', namespace: 'ci-demo-abc', workflow: 'demo-1-2-xyz' })).toBe(
      '/job/gate-and-submit/ci-demo-abc.demo-1-2-xyz',
    );
  });

  test('reads back to the same run', () => {
    fc.assert(
      fc.property(label, label, label, (pipeline, namespace, workflow) => {
        const [, , first = '', token = ''] = runPath({ pipeline, namespace, workflow }).split('/');

        expect(parseRunPath(first, token)).toEqual({ pipeline, namespace, workflow });
      }),
    );
  });

  test.each(['', 'a', 'a.', '.b', 'a.b.c', '../x.y', 'A.b', 'a b.c', 'ci-a.%2e', 'x/y.z'])(
    'does not take %j for a run',
    (token) => {
      expect(parseRunPath('test', token)).toBeUndefined();
    },
  );
});

describe('rejectionPath', () => {
  test('reads back to the commit it names', () => {
    const token = rejectionPath('test', '0123456789abcdef0123456789abcdef01234567').split('/').at(-1) ?? '';

    expect(parseRejectionPath(token)).toBe('0123456789ab');
    expect(parseRunPath('test', token)).toBeUndefined();
  });
});
