import type { ArgoWorkflow } from '../../../core/argo-workflow';
import type { ChangeHistory } from '../../../core/change-history';
import { namespaceForProject } from '../../../core/project-name';
import { WhyAnswer } from '../../../services/shared/why/model-answer';
import type { Histories, PublicCluster } from '../../../services/status/ports';
import { createStatusServer } from '../../../services/status/status-server';
import { WhyReader } from '../../../services/status/why-reader';
import { event, history, PIPELINES, passed, spawned, unmatched } from '../shared/why/fixtures';
import { workflow } from './fixtures';

const silent = { info() {}, warn() {}, error() {} } as never;

/** A ledger in memory that remembers what it was asked. */
class FakeHistories implements Histories {
  readonly asked: string[] = [];
  isDown = false;

  constructor(private readonly histories: readonly ChangeHistory[]) {}

  async projectOfChange(change: number) {
    this.asked.push(`project of ${change}`);
    if (this.isDown) {
      throw new Error('the gateway is away');
    }
    return this.histories.find((each) => each.change === change)?.project;
  }
  async history(project: string, change: number) {
    this.asked.push(`history of ${change}`);
    return this.histories.find((each) => each.project === project && each.change === change);
  }
}

const HOSTILE = `<script>alert(1)</script>"'><img src=x>`;
const RUN = { ...workflow({ phase: 'Failed' }), metadata: { ...workflow().metadata, uid: 'uid-a' } };

function setup(histories: readonly ChangeHistory[] = [HISTORY], runs: readonly ArgoWorkflow[] = [RUN]) {
  const ledger = new FakeHistories(histories);
  const cluster: Pick<PublicCluster, 'namespaces' | 'find'> = {
    namespaces: () => [namespaceForProject('demo')],
    find: async () => runs[0],
  };
  let now = 0;
  const why = new WhyReader({ cluster, histories: ledger, pipelines: PIPELINES, now: () => now });
  const server = createStatusServer({
    reader: {} as never,
    why,
    pipelines: ['check'],
    gerritUrl: 'https://gerrit.test/r',
    log: silent,
  });
  return {
    ledger,
    get: (url: string, accept = 'text/html') => server.inject({ method: 'GET', url, headers: { accept } }),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const HISTORY = history(
  event('patchset-created', { check: passed(spawned('a')), post: unmatched('no') }),
  event('patchset-created', { check: unmatched(`branch is '${HOSTILE}', wanted RE2 'x'`) }, { patchSet: 2 }),
);

describe('the page of a change', () => {
  test('says of each patch set, the newest first, what became of it, with links to run, patch set and Gerrit', async () => {
    const { statusCode, body } = await setup().get('/why/7');

    expect(statusCode).toBe(200);
    expect(body).toMatch(/Patch set 2[\s\S]*Patch set 1/);
    expect(body).toContain('<a href="/job/check/ci-demo-abcdefghij.a">a</a> — FAILED, by seakeeper/check.yaml');
    expect(body).toContain('<a href="/why/7/1">Patch set 1</a>');
    expect(body).toContain('<a href="https://gerrit.test/r/c/demo/+/7">7</a>');
    expect(body).toContain('no change-merged was seen for this patch set');
    expect(body).not.toContain('http-equiv="refresh"');
  });

  test('is of one patch set where one is named, seen or not', async () => {
    const { get } = setup();

    expect((await get('/why/7/1')).body).not.toContain('Patch set 2');
    expect((await get('/why/7/9')).body).toContain('no patchset-created or comment-added was seen');
  });

  test('escapes whatever anybody named', async () => {
    const { body } = await setup().get('/why/7');

    expect(body).not.toMatch(/<(script|img)/i);
    expect(body).toContain('&lt;script&gt;');
  });

  test('loads itself again as long as something may become of it', async () => {
    const waiting = history(event('patchset-created', { check: passed() }));

    expect((await setup([waiting]).get('/why/7')).body).toContain('http-equiv="refresh"');
  });

  test.each([
    ['/why/7.json', 'text/html'],
    ['/why/7/2.json', '*/*'],
    ['/why/7', 'application/json'],
    ['/why/7/1', 'application/json, text/plain'],
  ])('is JSON for programs: %s, which accept %s', async (url, accept) => {
    const { headers, body } = await setup().get(url, accept);

    expect(headers['content-type']).toContain('application/json');
    expect(headers['vary']).toBe('Accept');
    expect(WhyAnswer.parse(JSON.parse(body))).toMatchObject({ project: 'demo', change: 7 });
  });

  test('says nothing of how a run is whose name was taken by another', async () => {
    const other = { ...RUN, metadata: { ...RUN.metadata, uid: 'another' } };

    expect((await setup([HISTORY], [other]).get('/why/7')).body).toContain('a</a> — no longer kept');
  });
});

describe('a change that is not everybody’s to see', () => {
  const secret = { ...HISTORY, project: 'security', change: 8 };
  const hidden = { ...history(event('patchset-created', {}, { isPrivate: true })), change: 9 };

  test.each([
    ['of a project that is not public', '/why/8', '/why/1008'],
    ['of such a project, one patch set', '/why/8/1', '/why/1008/1'],
    ['that is private', '/why/9', '/why/1009'],
    ['as JSON', '/why/8.json', '/why/1008.json'],
  ])('is answered like one that is not known: %s', async (_what, url, unknown) => {
    const { get } = setup([secret, hidden]);
    const [answer, other] = [await get(url), await get(unknown)];

    expect(answer.statusCode).toBe(404);
    expect([answer.statusCode, answer.body, Object.keys(answer.headers)]).toEqual([
      other.statusCode,
      other.body,
      Object.keys(other.headers),
    ]);
    expect(answer.body).not.toMatch(/security|demo/);
  });

  test('is not even read when its project is not public', async () => {
    const { get, ledger } = setup([secret]);
    await get('/why/8');

    expect(ledger.asked).toEqual(['project of 8']);
  });
});

describe('asking', () => {
  test.each([
    '/why/abc',
    '/why/0',
    '/why/7x',
    '/why/7/x',
    '/why/7.json/1',
    '/why/99999999999',
    '/why/2147483648',
    '/why/-1',
  ])('about what is no number asks the ledger nothing: %s', async (url) => {
    const { get, ledger } = setup();

    expect((await get(url)).statusCode).toBe(404);
    expect(ledger.asked).toEqual([]);
  });

  test('again within three seconds asks the ledger once', async () => {
    const { get, ledger, pass } = setup();
    await Promise.all([get('/why/7'), get('/why/7/1'), get('/why/7.json')]);
    expect(ledger.asked).toEqual(['project of 7', 'history of 7']);

    pass(3_001);
    await get('/why/7');
    expect(ledger.asked).toHaveLength(4);
  });

  test('while the ledger is away is told to try again, and a failure is not remembered', async () => {
    const { get, ledger } = setup();
    ledger.isDown = true;

    expect((await get('/why/7')).statusCode).toBe(503);
    expect(JSON.parse((await get('/why/7.json')).body)).toEqual({ message: expect.stringContaining('Try again') });

    ledger.isDown = false;
    expect((await get('/why/7')).statusCode).toBe(200);
  });
});
