import { tokenReviewer } from '../../../services/gateway/token-reviewer';

const REPORTER = 'system:serviceaccount:gerrit-gateway:reporter';
const TRIGGER = 'system:serviceaccount:gerrit-gateway:trigger';

function subject(status: object | Error) {
  const asked: unknown[] = [];
  let now = 0;
  const kube = {
    create: async (path: string, body: object) => {
      asked.push({ path, body });
      if (status instanceof Error) {
        throw status;
      }
      return { status };
    },
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { asked, authenticate: tokenReviewer(kube, () => now), pass };
}
const allowed = (username: string, audiences = ['gerrit-gateway']) => ({
  authenticated: true,
  audiences,
  user: { username },
});

describe('token reviewer', () => {
  test.each([
    [TRIGGER, 'trigger'],
    [REPORTER, 'reporter'],
    ['system:serviceaccount:seakeeper-system:provisioner', 'provisioner'],
    ['system:serviceaccount:argo-ui:status', 'status'],
    ['system:serviceaccount:argo-ui:argo-server', undefined],
    ['system:serviceaccount:gerrit-gateway:provisioner', undefined],
    ['system:serviceaccount:gerrit-gateway:gateway', 'gateway'],
    ['system:serviceaccount:ci-demo:trigger', undefined],
    ['kubernetes-admin', undefined],
  ])('takes %s for %s', async (username, expected) => {
    const { authenticate } = subject(allowed(username));

    expect(await authenticate('t')).toBe(expected);
  });

  test('asks about the token with our own audience', async () => {
    const { asked, authenticate } = subject(allowed(TRIGGER));
    await authenticate('the-token');

    expect(asked).toEqual([
      {
        path: '/apis/authentication.k8s.io/v1/tokenreviews',
        body: expect.objectContaining({ spec: { token: 'the-token', audiences: ['gerrit-gateway'] } }),
      },
    ]);
  });

  test.each([
    ['a token for another audience', allowed(TRIGGER, ['https://kubernetes.default.svc'])],
    ['a token that is not valid', { authenticated: false, user: { username: TRIGGER } }],
    ['an answer without a user', { authenticated: true, audiences: ['gerrit-gateway'] }],
    ['an empty answer', {}],
  ])('refuses %s', async (_, status) => {
    expect(await subject(status).authenticate('t')).toBeUndefined();
  });

  test('remembers an answer for a minute, a refusal for seconds', async () => {
    const yes = subject(allowed(TRIGGER));
    const no = subject({ authenticated: false });
    for (const one of [yes, no]) {
      await one.authenticate('t');
      one.pass(59_000);
      await one.authenticate('t');
    }
    yes.pass(2_000);
    await yes.authenticate('t');
    await yes.authenticate('another');

    expect(yes.asked).toHaveLength(3);
    expect(no.asked).toHaveLength(2);
  });

  test('rejects, and remembers nothing, when the API server cannot be asked', async () => {
    const { asked, authenticate } = subject(new Error('down'));

    await expect(authenticate('t')).rejects.toThrow('down');
    await expect(authenticate('t')).rejects.toThrow('down');
    expect(asked).toHaveLength(2);
  });

  test('keeps no more in memory than callers need, however many tokens are tried', async () => {
    const { asked, authenticate } = subject({ authenticated: false });
    for (let index = 0; index < 1_000; index++) {
      await authenticate(`t${index}`);
    }
    await authenticate('t0');
    await authenticate('t999');

    expect(asked).toHaveLength(1_001);
  });
});
