import { TerminalError, TransientError } from '../../../services/shared/errors';
import { GerritHttp, type GerritHttpOptions } from '../../../services/shared/gerrit-http';
import { type Recorded, RecordedGerrit } from './recorded-gerrit';

let server: RecordedGerrit;
let http: GerritHttp;

async function given(answers: readonly Recorded[], options: Partial<GerritHttpOptions> = {}): Promise<void> {
  server = new RecordedGerrit().on('GET /x', ...answers).on('POST /x', ...answers);
  const baseUrl = await server.start();
  http = new GerritHttp({ baseUrl, account: 'ci', password: () => 's3cret', firstWaitMs: 1, ...options });
}

afterEach(async () => {
  await server.stop();
  await http.close();
});

describe('GerritHttp', () => {
  test("takes Gerrit's prefix off an answer", async () => {
    await given([{ json: { name: 'ü' } }]);

    await expect(http.getJson('/x')).resolves.toEqual({ name: 'ü' });
  });

  test('sends the credentials with every call and in no message', async () => {
    await given([{ text: 'no', status: 400 }]);

    const failure = await http.getJson('/x').catch((error: unknown) => error);

    expect(server.authorizations).toEqual([`Basic ${Buffer.from('ci:s3cret').toString('base64')}`]);
    expect(String(failure)).not.toContain('s3cret');
  });

  test('asks for the password at every call, so that it can be rotated', async () => {
    const passwords = ['old', 'new'];
    await given([{ json: 1 }], { password: () => passwords.shift() ?? '' });

    await http.getJson('/x');
    await http.getJson('/x');

    expect(server.authorizations).toEqual(
      ['ci:old', 'ci:new'].map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
    );
  });

  test.each([408, 429, 500, 502, 503])('tries a GET again after %p', async (status) => {
    await given([{ text: 'busy', status }, { json: 'there' }]);

    await expect(http.getJson('/x')).resolves.toBe('there');
    expect(server.calls).toHaveLength(2);
  });

  test('gives up on a GET after the last attempt', async () => {
    await given([{ text: 'busy', status: 503 }], { attempts: 3 });

    await expect(http.getJson('/x')).rejects.toThrow(TransientError);
    expect(server.calls).toHaveLength(3);
  });

  test('waits as long as the server asks', async () => {
    await given([{ text: 'busy', status: 429, headers: { 'retry-after': '1' } }, { json: 'there' }]);
    const startedAt = Date.now();

    await http.getJson('/x');

    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(950);
  });

  test('never tries a POST again, since its answer may be all that was lost', async () => {
    await given([{ text: 'busy', status: 503 }]);

    await expect(http.call('POST', '/x', { body: {} })).rejects.toThrow(TransientError);
    expect(server.calls).toHaveLength(1);
  });

  test('ends a call that gets no answer in time', async () => {
    await given([{ silence: true }], { deadlineMs: 50, attempts: 1 });

    await expect(http.getJson('/x')).rejects.toThrow(TransientError);
  });

  test.each([
    ['a page of something in between', '<html>maintenance</html>'],
    ['an answer without the prefix', '{}'],
    ['an answer that is cut short', ')]}\'\n{"a": '],
  ])('takes %s for passing', async (_, text) => {
    await given([{ text }]);

    await expect(http.getJson('/x')).rejects.toThrow(TransientError);
  });

  test.each([301, 400, 403, 404, 409, 412, 422])('takes an unexpected %p for final', async (status) => {
    await given([{ text: 'why\nmore', status }]);

    await expect(http.getJson('/x')).rejects.toThrow(new TerminalError(`Gerrit GET /x: ${status} why more`));
    expect(server.calls).toHaveLength(1);
  });

  test('names the cure when the token is refused', async () => {
    await given([{ text: 'Unauthorized', status: 401 }]);

    await expect(http.getJson('/x')).rejects.toThrow(
      "Gerrit GET /x: 401 Unauthorized; the account's HTTP token is wrong or has run out: make a new one",
    );
  });
});
