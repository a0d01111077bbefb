import type { ArgoWorkflow } from '../../../core/argo-workflow';
import type { WhyAnswer } from '../../../services/shared/why/model-answer';
import { RunReader } from '../../../services/status/run-reader';
import { createStatusServer } from '../../../services/status/status-server';
import { FakeCluster, FakeStore, NAMESPACE, PATH, WORKFLOW, workflow } from './fixtures';

const silent = { info() {}, warn() {}, error() {} } as never;

function setup({
  runs = [workflow()],
  log = 'line one\nfoo.js: missing semicolon' as string | null,
  objects = {},
  recorded,
}: {
  runs?: readonly ArgoWorkflow[];
  log?: string | null;
  objects?: Record<string, string>;
  recorded?: WhyAnswer;
} = {}) {
  const cluster = new FakeCluster(runs, log ?? undefined);
  const store = new FakeStore(objects);
  const server = createStatusServer({
    reader: new RunReader(cluster, store, { find: async () => recorded }),
    why: { find: async () => undefined },
    pipelines: ['test'],
    gerritUrl: 'https://gerrit.test/r',
    log: silent,
  });
  return { cluster, store, server, get: (url: string) => server.inject({ method: 'GET', url }) };
}

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;`;

describe('the page of a run', () => {
  test('shows what was tested, how it ended, why, and the line its step printed', async () => {
    const page = await setup().get(PATH);

    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<span class="phase failed">Failed</span>');
    expect(page.body).toContain('<a href="https://gerrit.test/r/c/mediawiki/core/+/7/2">7, patch set 2</a>');
    expect(page.body).toContain('<a href="/why/7/2">why this, and what else</a>');
    expect(page.body).toContain('Step <strong>lint</strong> failed: exit code 1');
    expect(page.body).not.toContain('main: Error');
    expect(page.body).toContain('foo.js: missing semicolon');
    expect(page.body).toContain('1 min 2 s');
  });

  test('opens the log of the step that failed and links the whole of each', async () => {
    const { body } = await setup().get(PATH);

    expect(body).toMatch(/<details open>\s*<summary>Log of lint/);
    expect(body).toMatch(/<details>\s*<summary>Log of build/);
    expect(body).toMatch(new RegExp(`href="${PATH.replaceAll('.', '\\.')}/log/${WORKFLOW}-lint-\\d+"`));
    expect(body).not.toContain('Log of late');
  });

  test('reloads itself while the run lasts, and not after', async () => {
    const running = await setup({ runs: [workflow({ phase: 'Running' })] }).get(PATH);
    const finished = await setup().get(PATH);

    expect(running.body).toContain('http-equiv="refresh"');
    expect(finished.body).not.toContain('http-equiv="refresh"');
  });

  test('escapes whatever a tenant can write', async () => {
    const hostile = workflow({ message: HOSTILE, stepMessage: HOSTILE, step: HOSTILE });
    const { body } = await setup({ runs: [hostile], log: HOSTILE }).get(PATH);

    expect(body).not.toMatch(/<(script|img)/i);
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(body).toContain('&amp;amp;');
  });

  test.each(['/', PATH, '/nowhere', `${PATH}/log/x`])('allows no script, frame or other origin: %s', async (url) => {
    const { headers } = await setup().get(url);

    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test('needs no script, no inline style and nothing from elsewhere', async () => {
    const { body } = await setup().get(PATH);

    expect(body).not.toMatch(/<script|style="|<style| src=/);
    expect([...body.matchAll(/<link [^>]*href="([^"]*)"/g)].map((match) => match[1])).toEqual(['/style.css']);
  });

  test.each([
    ['a run that is not there', '/job/test/ci-demo-abcdefghij.other'],
    ['a run of another pipeline', PATH.replace('/test/', '/gate/')],
    ['a name that is none', '/job/test/..%2f..'],
    ['a name without a namespace', '/job/test/abc'],
  ])('is not found for %s', async (_what, url) => {
    const page = await setup().get(url);

    expect(page.statusCode).toBe(404);
    expect(page.body).toContain('There is no such page');
  });

  test('is not found for a project that is not public, with nothing that tells it from one that is not there', async () => {
    const { cluster, get, store } = setup({ objects: { [`${NAMESPACE}/${WORKFLOW}/pod/main.log`]: 'secret' } });
    const missing = await get('/job/test/ci-none.wf');
    cluster.open = [];

    const page = await get(PATH);

    expect([page.statusCode, page.body]).toEqual([404, missing.body]);
    expect(store.asked).toEqual([]);
  });

  test('shows logs and artifacts after the run itself is gone', async () => {
    const prefix = `${NAMESPACE}/${WORKFLOW}/`;
    const objects = { [`${prefix}${WORKFLOW}-lint-123/main.log`]: 'kept line', [`${prefix}pod/a b.txt`]: 'kept' };
    const { get } = setup({ runs: [], log: null, objects });

    const page = await get(PATH);

    expect(page.body).toContain('no longer kept');
    expect(page.body).toContain('kept line');
    expect(page.body).toContain(`href="${PATH}/artifact/pod/a%20b.txt"`);
    expect((await get(`${PATH}/artifact/pod/a%20b.txt`)).body).toBe('kept');
    expect((await get(`${PATH}/log/${WORKFLOW}-lint-123`)).body).toBe('kept line');
  });
});

describe('the page of a run whose Workflow is gone', () => {
  const ran = (workflow: string): WhyAnswer => ({
    project: 'mediawiki/core',
    change: 7,
    patchSets: [
      {
        patchSet: 2,
        pipelines: [
          {
            pipeline: 'test',
            outcomes: [
              {
                kind: 'ran',
                event: { type: 'patchset-created', at: '2025-11-23T10:00:00.000Z' },
                namespace: NAMESPACE,
                workflow,
                commit: 'd'.repeat(40),
              },
            ],
          },
        ],
      },
    ],
  });
  const kept = { [`${NAMESPACE}/${WORKFLOW}/${WORKFLOW}-lint-123/main.log`]: 'kept line' };

  test.each([
    ['its logs', kept, 'its logs and artifacts are'],
    ['nothing', {}, 'neither logs nor artifacts'],
  ])('says from the ledger what was tested, when %s is kept', async (_what, objects, words) => {
    const page = await setup({ runs: [], log: null, objects, recorded: ran(WORKFLOW) }).get(PATH);

    expect(page.statusCode).toBe(200);
    expect(page.body).toContain(words);
    expect(page.body).toContain('<a href="https://gerrit.test/r/c/mediawiki/core/+/7/2">7, patch set 2</a>');
  });

  test('is not found when neither store nor ledger know of it', async () => {
    const { get } = setup({ runs: [], log: null, recorded: ran('demo-7-2-test-234567abcdef') });

    expect((await get(PATH)).statusCode).toBe(404);
  });

  test('is made of the store alone while the ledger is away', async () => {
    const cluster = new FakeCluster([], undefined);
    const reader = new RunReader(cluster, new FakeStore(kept), {
      find: async () => {
        throw new Error('the gateway is away');
      },
    });

    const run = await reader.find({ pipeline: 'test', namespace: NAMESPACE, workflow: WORKFLOW });

    expect(run).toMatchObject({ phase: 'Kept', project: undefined, steps: [{ name: 'lint' }] });
  });
});

describe('the log of a step', () => {
  const logOf = (body: string) => /href="([^"]*\/log\/[^"]*lint[^"]*)"/.exec(body)?.[1] ?? '';

  test('is plain text, whatever it holds', async () => {
    const { get } = setup({ log: HOSTILE });

    const log = await get(logOf((await get(PATH)).body));

    expect(log.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(log.body).toBe(HOSTILE);
  });

  test('comes from the store when the pod is gone', async () => {
    const { get, store } = setup({ log: null });
    const path = logOf((await get(PATH)).body);
    const pod = path.split('/').at(-1);

    expect((await get(path)).statusCode).toBe(404);
    expect(store.asked.at(-1)).toBe(`${NAMESPACE}/${WORKFLOW}/${pod}/main.log`);
  });

  test.each(['other-pod', '..%2f..%2fsecret', 'UPPER'])('is not found for a pod of no step: %s', async (pod) => {
    expect((await setup().get(`${PATH}/log/${pod}`)).statusCode).toBe(404);
  });
});

describe('an artifact', () => {
  const key = `${NAMESPACE}/${WORKFLOW}/pod/report.txt`;

  test('is offered as a file, never shown', async () => {
    const { get } = setup({ objects: { [key]: HOSTILE } });

    const file = await get(`${PATH}/artifact/pod/report.txt`);

    expect(file.body).toBe(HOSTILE);
    expect(file.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''report.txt",
    });
  });

  test('is not served from outside the run’s own prefix, whatever key its Workflow names', async () => {
    const elsewhere = 'ci-private-xyz/wf/secret.txt';
    const { get, store } = setup({ runs: [workflow({ key: elsewhere })], objects: { [elsewhere]: 'secret' } });

    expect((await get(PATH)).body).not.toContain('secret.txt');
    for (const path of [
      'secret.txt',
      `..%2f..%2f${encodeURIComponent(elsewhere)}`,
      '../../../ci-private-xyz/wf/secret.txt',
    ]) {
      expect((await get(`${PATH}/artifact/${path}`)).statusCode).toBe(404);
    }
    expect(store.asked.filter((asked) => asked.includes('private'))).toEqual([]);
  });
});

describe('the front page', () => {
  test('lists the runs of public projects, the newest first', async () => {
    const older = workflow({ name: 'demo-6-1-test-abcdefghijkl' });
    const runs = [{ ...older, status: { ...older.status, startedAt: '2025-11-22T10:00:00Z' } }, workflow()];

    const { body } = await setup({ runs }).get('/');

    expect([...body.matchAll(/demo-(\d)-/g)].map((match) => match[1])).toEqual(['7', '6']);
  });

  test('looks at the cluster once for many visitors', async () => {
    const { cluster, get } = setup();

    await Promise.all([get('/'), get('/'), get('/')]);

    expect(cluster.looks).toBe(1);
  });
});

describe('the page of a refused definition', () => {
  test('says that nothing ran and where the reason is', async () => {
    const page = await setup().get('/job/test/definition-0123456789ab');

    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Nothing ran');
    expect(page.body).toContain('0123456789ab');
  });

  test('is not found for a pipeline that does not exist', async () => {
    expect((await setup().get('/job/other/definition-0123456789ab')).statusCode).toBe(404);
  });
});
