import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseChange } from '../../../cli/why/parse-change';
import { runWhy, type WhyOptions } from '../../../cli/why/run-why';
import { statusAddress } from '../../../cli/why/status-address';
import { modelWhy } from '../../../services/shared/why/model-why';
import { event, history, NAMESPACE, PIPELINES, passed, spawned } from '../../services/shared/why/fixtures';

let server: Server;
let url: string;
let asked: string[];
let answer: { status: number; body: string; type?: string };

beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: JSON.stringify(FOUND) };
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(answer.status, { 'content-type': answer.type ?? 'application/json; charset=utf-8' });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const AGAIN = event('comment-added', { check: passed(spawned('b')) });
const FOUND = modelWhy({
  history: history(event('patchset-created', { check: passed(spawned('a')) }), AGAIN),
  pipelines: PIPELINES,
  phaseOf: () => 'Succeeded',
});
const run = (options: Partial<WhyOptions> = {}) => runWhy({ change: '7', stack: 'ci', url, ...options });

describe('npm run why', () => {
  test('asks for the patch set and prints a line for each pipeline, runs with their address', async () => {
    const printed = await run({ change: '7,1', url: `${url}/` });

    expect(asked).toEqual(['/why/7/1.json']);
    expect(printed).toMatch(/^demo 7,1\ncheck: ran as b \(/);
    expect(printed).toContain(`${url}/job/check/${NAMESPACE}.b`);
    expect(printed).toContain('post: not started: no change-merged was seen for this patch set');
  });

  test('prints everything of the one pipeline that is named', async () => {
    const printed = await run({ pipeline: 'check' });

    expect(asked).toEqual(['/why/7.json']);
    expect(printed.match(/^check: ran as/gm)).toHaveLength(2);
    expect(printed).not.toContain('post:');
  });

  test('knows the nearest name of a pipeline that is none', async () => {
    await expect(run({ pipeline: 'chek' })).rejects.toThrow(
      "there is no pipeline 'chek', allowed are check, post; did you mean 'check'?",
    );
  });

  test('says of a change that is not shown why that may be, and whom to ask', async () => {
    answer = { status: 404, body: '{"message":"no"}' };

    await expect(run()).rejects.toThrow(
      /shows no change 7: nothing was seen of it, or it is not public; comment 'why' on a change that is not, or ask who administers the cluster/,
    );
  });

  test.each([
    [503, '{"message":"later"}', 'application/json', /answers 503, .*try again in a moment/],
    [404, '<html>', 'text/html', /answers 404, .*name the status pages by --url/],
    [200, '{"other":true}', 'application/json', /answers 200, which says nothing of a change/],
  ])('says in one line when the pages answer %s %s', async (status, body, type, expected) => {
    answer = { status, body, type };

    await expect(run()).rejects.toThrow(expected);
  });

  test('says in one line when nobody answers', async () => {
    await expect(run({ url: 'http://127.0.0.1:1' })).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:1\/why\/7\.json does not answer: .+; name the status pages by --url$/,
    );
  });

  test.each(['', 'abc', '0', '7,', '7,x', '7,1,2', ' 7', '7;rm', '-7', '1e3', '7/1'])(
    'takes %j for no change, and asks nobody',
    async (change) => {
      await expect(run({ change })).rejects.toThrow(`'${change}' is no change; name it by number`);
      expect(asked).toEqual([]);
    },
  );

  test.each([
    ['7', { change: 7 }],
    ['1234,12', { change: 1234, patchSet: 12 }],
  ])('takes %s for %j', (text, expected) => {
    expect(parseChange(text)).toEqual(expected);
  });
});

describe('the address of the status pages', () => {
  test("is the stack's, unless another is given", async () => {
    expect(await statusAddress({ stack: 'ci' })).toMatch(/^https:\/\//);
    expect(await statusAddress({ stack: 'ci', url: 'http://other.test:8088/' })).toBe('http://other.test:8088');
  });

  test.each(['ci.example.org', 'file:///etc/passwd', ''])('is not %j', async (given) => {
    await expect(statusAddress({ stack: 'ci', url: given })).rejects.toThrow(`--url '${given}' is no address`);
  });

  test('is not found for a stack that is none', async () => {
    await expect(statusAddress({ stack: 'nope' })).rejects.toThrow("stack 'nope' is none here");
  });
});
