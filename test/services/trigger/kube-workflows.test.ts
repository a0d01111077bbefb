import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { Annotation } from '../../../core/labels';
import { KubeClient, KubeError } from '../../../services/shared/kube-client';
import type { StopOlder } from '../../../services/trigger/decide';
import { KubeWorkflows } from '../../../services/trigger/kube-workflows';
import { renderWorkflow, type WorkflowManifest } from '../../../services/trigger/render-workflow';
import { COMMIT, event, KEY, NAMESPACE, pipeline, sanitized } from './fixtures';

type Json = Record<string, unknown>;
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
}

let server: Server;
const seen: Seen[] = [];
/** Answer of the API server by method. */
let answers: Record<string, { status: number; body: object }>;

beforeEach(async () => {
  seen.length = 0;
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const method = request.method ?? '';
      seen.push({ method, path: decodeURIComponent(request.url ?? ''), body: text === '' ? {} : JSON.parse(text) });
      const answer = answers[method] ?? { status: 404, body: {} };
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

function workflows(): KubeWorkflows {
  const config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  config.loadFromOptions({
    clusters: [{ name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
    users: [{ name: 'u', token: 'T' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return new KubeWorkflows(new KubeClient(config));
}

function manifest(definition = sanitized(), definitionCommit = COMMIT): WorkflowManifest {
  const result = renderWorkflow({
    server: 'local',
    fetchUrl: 'http://gerrit.test',
    namespace: NAMESPACE,
    pipeline: pipeline(),
    eventKey: KEY,
    event: event(),
    definition,
    definitionCommit,
    pools: [],
    classPool: undefined,
  });
  if (!result.ok) {
    throw new Error(result.error);
  }
  return result.value;
}

const CREATED = '2026-01-01T00:00:10Z';
/** A manifest as the API server stores it. */
const stored = ({ metadata, spec }: WorkflowManifest, more: { metadata?: Json; spec?: Json } = {}) => ({
  metadata: { ...metadata, uid: 'u1', creationTimestamp: CREATED, ...more.metadata },
  spec: { ...spec, ...more.spec },
});
const status = (code: number, reason: string, message = reason) => ({ status: code, body: { reason, message } });
const exists = status(409, 'AlreadyExists');
const other = sanitized(
  'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {entrypoint: a, templates: [{name: a, container: {image: x, command: [x]}}]}\n',
);

test('a created Workflow is answered with its UID', async () => {
  answers = { POST: { status: 201, body: stored(manifest()) } };

  expect(await workflows().create(manifest())).toEqual({
    kind: 'created',
    workflow: { namespace: NAMESPACE, name: manifest().metadata.name, uid: 'u1' },
    createdAt: CREATED,
  });
});

describe('a run that may have been made', () => {
  const { name, labels, annotations } = manifest().metadata;
  const identity = { name, labels, annotations };

  test('is found as it was made', async () => {
    answers = { GET: { status: 200, body: stored(manifest()) } };

    expect(await workflows().find(NAMESPACE, identity)).toEqual({
      workflow: { namespace: NAMESPACE, name, uid: 'u1' },
      definitionCommit: COMMIT,
    });
  });

  test.each([
    ['nobody made', 404, {}],
    ['somebody else made', 200, stored(manifest(), { metadata: { annotations: {} } })],
  ])('is not one that %s', async (_who, status, body) => {
    answers = { GET: { status, body } };

    expect(await workflows().find(NAMESPACE, identity)).toBeUndefined();
  });
});

describe('a name that is taken', () => {
  const ours = manifest();

  test.each<[string, object]>([
    ['as it was made', stored(ours)],
    ['with a run going on', { ...stored(ours), status: { phase: 'Running' } }],
    ['stopped since', stored(ours, { spec: { shutdown: 'Terminate' } })],
    ['with its TTL started', stored(ours, { spec: { ttlStrategy: { secondsAfterCompletion: 9 } } })],
    [
      'labelled by the controller',
      stored(ours, { metadata: { labels: { ...ours.metadata.labels, 'workflows.argoproj.io/phase': 'Running' } } }),
    ],
    [
      "with the controller's defaults and empty members in its spec",
      stored(ours, {
        spec: {
          artifactGC: { strategy: 'Never' },
          templates: [{ name: 'check', inputs: {}, outputs: {}, metadata: {}, container: { name: '', resources: {} } }],
        },
      }),
    ],
    ['made from an older definition', stored(manifest(other, 'd'.repeat(40)))],
  ])('is a success when the Workflow is ours, %s', async (_how, body) => {
    answers = { POST: exists, GET: { status: 200, body } };

    expect(await workflows().create(ours)).toMatchObject({ kind: 'repeated', workflow: { uid: 'u1' } });
  });

  test.each<[string, object, string]>([
    ['without our labels', stored(ours, { metadata: { labels: {} } }), 'label app.kubernetes.io/managed-by differs'],
    [
      'for another event',
      stored(ours, {
        metadata: { annotations: { ...ours.metadata.annotations, 'seakeeper.wikimedia.org/event-key': 'x' } },
      }),
      'annotation seakeeper.wikimedia.org/event-key differs',
    ],
    [
      'submitted by a person',
      stored(ours, { metadata: { labels: { ...ours.metadata.labels, 'workflows.argoproj.io/creator': 'eve' } } }),
      'a person submitted it',
    ],
    ['made with another spec', stored(manifest(other)), 'not what the definition makes'],
  ])('is an alarm when the Workflow is %s', async (_how, body, reason) => {
    answers = { POST: exists, GET: { status: 200, body } };

    expect(await workflows().create(ours)).toMatchObject({ kind: 'foreign', reason: expect.stringContaining(reason) });
  });

  test('is tried again when the Workflow is gone before it could be read', async () => {
    answers = { POST: exists, GET: status(404, 'NotFound') };

    await expect(workflows().create(ours)).rejects.toBeInstanceOf(KubeError);
  });
});

test.each([
  [status(422, 'Invalid', 'ValidatingAdmissionPolicy denied')],
  [status(413, 'RequestEntityTooLarge')],
  [status(403, 'Forbidden', 'ValidatingAdmissionPolicy x denied request: no')],
])('a Workflow that the cluster will never take is refused (%j)', async (answer) => {
  answers = { POST: answer };

  expect(await workflows().create(manifest())).toMatchObject({ kind: 'refused' });
});

test.each([[status(409, 'Conflict')], [status(429, 'TooManyRequests')], [status(500, 'InternalError')]])(
  'what may pass is tried again (%j)',
  async (answer) => {
    answers = { POST: answer };

    await expect(workflows().create(manifest())).rejects.toBeInstanceOf(KubeError);
  },
);

test.each([[status(403, 'Forbidden', 'exceeded quota: compute')], [status(404, 'NotFound', 'namespace not found')]])(
  'what somebody must first make room for is not created now (%j)',
  async (answer) => {
    answers = { POST: answer };

    expect(await workflows().create(manifest())).toMatchObject({
      kind: 'not-now',
      reason: expect.stringContaining(answer.body.message),
    });
  },
);

describe('stopping', () => {
  const older: StopOlder = {
    namespace: NAMESPACE,
    pipeline: 'check',
    change: 7,
    belowPatchSet: 2,
    samePatchSet: false,
  };
  const run = (
    name: string,
    patchSet: number,
    more: { phase?: string; shutdown?: string; createdAt?: string } = {},
  ) => ({
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: `uid-${name}`,
      creationTimestamp: more.createdAt ?? CREATED,
      labels: { 'seakeeper.wikimedia.org/patch-set': String(patchSet) },
    },
    spec: more.shutdown === undefined ? {} : { shutdown: more.shutdown },
    status: { phase: more.phase ?? 'Running' },
  });
  const stop = async (
    items: object[],
    what: Partial<StopOlder>,
    by: { name: string; onlyBefore: string | undefined } | undefined,
  ) => {
    answers = { GET: { status: 200, body: { items } }, PATCH: { status: 200, body: {} } };
    return workflows().stop({ ...older, ...what }, by);
  };

  test('asks for unfinished runs of the change in the pipeline only', async () => {
    await stop([], {}, undefined);

    expect(seen[0]?.path).toContain(
      'labelSelector=seakeeper.wikimedia.org/pipeline=check,seakeeper.wikimedia.org/change=7,workflows.argoproj.io/completed!=true',
    );
  });

  test('terminates runs of older patch sets and says which run replaces them', async () => {
    const stopped = await stop(
      [run('old', 1), run('mine', 2), run('newer', 3)],
      {},
      { name: 'mine', onlyBefore: undefined },
    );

    expect(stopped).toEqual(['old']);
    expect(seen[1]).toEqual({
      method: 'PATCH',
      path: `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows/old`,
      body: {
        metadata: { uid: 'uid-old', annotations: { 'seakeeper.wikimedia.org/superseded-by': 'mine' } },
        spec: { shutdown: 'Terminate' },
      },
    });
  });

  test('says why, when no run takes their place, and leaves what runs because the change was abandoned', async () => {
    const annotations = { [Annotation.eventKey]: 'local:change-abandoned:demo:7:m' };
    const cleanup = { ...run('cleanup', 2), metadata: { ...run('cleanup', 2).metadata, annotations } };
    const all = { belowPatchSet: Number.MAX_SAFE_INTEGER, samePatchSet: true };

    const stopped = await stop(
      [run('old', 1), cleanup],
      { ...all, because: 'change-abandoned' },
      { name: 'mine', onlyBefore: undefined },
    );

    expect(stopped).toEqual(['old']);
    expect(seen[1]).toMatchObject({
      body: { metadata: { annotations: { [Annotation.stoppedBecause]: 'change-abandoned' } } },
    });
    expect(await stop([cleanup], { ...all, because: 'dequeued' }, undefined)).toEqual(['cleanup']);
  });

  test.each<[string, object]>([
    ['finished', run('old', 1, { phase: 'Succeeded' })],
    ['stopped already', run('old', 1, { shutdown: 'Stop' })],
  ])('leaves a run that is %s', async (_how, item) => {
    expect(await stop([item], {}, undefined)).toEqual([]);
  });

  test('a recheck terminates the run it repeats', async () => {
    expect(
      await stop([run('first', 2), run('mine', 2)], { samePatchSet: true }, { name: 'mine', onlyBefore: undefined }),
    ).toEqual(['first']);
  });

  test('a repeat of a recheck leaves what came after it', async () => {
    const items = [
      run('before', 2, { createdAt: '2026-01-01T00:00:09Z' }),
      run('same-second', 2),
      run('after', 2, { createdAt: '2026-01-01T00:00:11Z' }),
    ];

    expect(await stop(items, { samePatchSet: true }, { name: 'mine', onlyBefore: CREATED })).toEqual(['before']);
  });

  test('a run that is gone meanwhile needs no stopping', async () => {
    answers = { GET: { status: 200, body: { items: [run('old', 1)] } }, PATCH: status(404, 'NotFound') };

    await expect(workflows().stop(older, undefined)).resolves.toEqual(['old']);
  });
});
