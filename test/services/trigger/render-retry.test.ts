import { INFRASTRUCTURE_RETRIES, renderRetry } from '../../../services/trigger/render-retry';

/** What of an attempt Argo hands to an expression. */
interface Attempt {
  readonly status: 'Failed' | 'Error';
  readonly message: string;
  readonly exitCode?: string;
}

/**
 * Argo's expressions as JavaScript has them, for the few operators ours are made of. That the real controller takes them
 * the same way is what the suite on the cluster shows.
 */
function isTriedAgain(expression: unknown, attempt: Attempt, retries = 0): boolean {
  const script = String(expression)
    .replace(/lastRetry\.exitCode in (\[[^\]]*\])/g, '$1.includes(lastRetry.exitCode)')
    .replace(/(lastRetry\.\w+) contains ("[^"]*")/g, '$1.includes($2)')
    .replace(/(lastRetry\.\w+) matches ("[^"]*")/g, 'new RegExp($2).test($1)')
    .replaceAll('asInt(', 'Number(');
  const evaluate = new Function('lastRetry', 'retries', `return (${script});`);
  return evaluate({ exitCode: '-1', ...attempt }, String(retries));
}

const exit = (code: number, reason = 'Error'): Attempt => ({
  status: 'Failed',
  message: `main: ${reason} (exit code ${code})`,
  exitCode: String(code),
});
const PREEMPTED = exit(137);

describe('a step that asks for no retry', () => {
  const { expression, limit } = renderRetry(undefined);

  test.each<[string, Attempt]>([
    ['preempted or drained', PREEMPTED],
    ['preempted, and took the signal itself', exit(143)],
    ['evicted', { status: 'Failed', message: 'The node was low on resource: memory. ', exitCode: '137' }],
    [
      'shut down with its node',
      { status: 'Failed', message: 'Pod was terminated in response to imminent node shutdown.' },
    ],
    ['not admitted', { status: 'Failed', message: 'Pod was rejected: Node didn’t have enough resource: cpu' }],
    [
      'lost with its node',
      { status: 'Failed', message: 'pod failed: neither main nor wait container completed successfully' },
    ],
    ['deleted', { status: 'Error', message: 'pod deleted' }],
    [
      'left without its image',
      { status: 'Error', message: 'Pod failed before main container starts due to ErrImagePull: ' },
    ],
    ['killed while it stored its outputs', { status: 'Error', message: 'wait: Error (exit code 143)' }],
  ])('is tried again when its pod was %s', (_how, attempt) => {
    expect(isTriedAgain(expression, attempt)).toBe(true);
  });

  test.each<[string, Attempt]>([
    ['failed', exit(1)],
    ['took too much memory', exit(137, 'OOMKilled')],
    [
      'ran out of time',
      { status: 'Failed', message: 'Pod was active on the node longer than the specified deadline', exitCode: '137' },
    ],
    [
      'did not write the output it declared',
      { status: 'Error', message: 'wait: Error (exit code 64): failed to find /out' },
    ],
  ])('is not tried again when it %s', (_how, attempt) => {
    expect(isTriedAgain(expression, attempt)).toBe(false);
  });

  test('is tried again a few times only', () => {
    expect(limit).toBe(INFRASTRUCTURE_RETRIES);
  });
});

describe('a step that asks for retries', () => {
  const asked = { limit: 2, retryPolicy: 'OnFailure', backoff: { duration: '1m' } };

  test('keeps its own, within its own limit, and its backoff', () => {
    const { expression, limit, backoff } = renderRetry(asked);

    expect(isTriedAgain(expression, exit(1), 1)).toBe(true);
    expect(isTriedAgain(expression, exit(1), 2)).toBe(false);
    expect(limit).toBe(2 + INFRASTRUCTURE_RETRIES);
    expect(backoff).toEqual({ duration: '1m' });
  });

  test('is tried again beyond it when its pod was taken', () => {
    expect(isTriedAgain(renderRetry(asked).expression, PREEMPTED, 3)).toBe(true);
  });

  test.each([
    [{ limit: 1 }, exit(1), true],
    [{ limit: 1, retryPolicy: 'OnError' }, exit(1), false],
    [{ limit: 1, expression: 'lastRetry.exitCode in ["75"]' }, exit(75), true],
    [{ limit: 1, expression: 'lastRetry.exitCode in ["75"]' }, exit(1), false],
    [{ limit: 1, retryPolicy: 'OnError', expression: 'lastRetry.exitCode in ["75"]' }, exit(75), false],
    [{ retryPolicy: 'Always' }, exit(1), true],
    [{ limit: 1, retryPolicy: 'OnTransientError' }, exit(1), false],
    [{ limit: 1, retryPolicy: 'OnTransientError' }, PREEMPTED, true],
  ])('means by %j what Argo means by it', (own, attempt, again) => {
    expect(isTriedAgain(renderRetry(own).expression, attempt)).toBe(again);
  });
});
