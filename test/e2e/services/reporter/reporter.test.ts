import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { App } from 'cdk8s';
import { z } from 'zod';
import { ArgoCrdsChart } from '../../../../constructs/argo-crds-chart';
import { podName, WorkflowNode } from '../../../../core/argo-workflow';
import type { Decision, DecisionRecord } from '../../../../core/decision';
import { Annotation, Label } from '../../../../core/labels';
import { Pipelines } from '../../../../core/pipeline';
import { namespaceForProject } from '../../../../core/project-name';
import { type ApiServerFixture, startApiServer } from '../../../../local/cluster/api-server-alone';
import type { PushedPatchSet } from '../../../../local/gerrit/gerrit-admin';
import { type StandaloneGerrit, startStandaloneGerrit } from '../../../../local/gerrit/standalone-gerrit';
import type { Ledger, RunRecord } from '../../../../services/reporter/ports';
import { startReporter } from '../../../../services/reporter/reporter';
import { GerritClient } from '../../../../services/shared/gerrit-client';
import { Readiness } from '../../../../services/shared/health-server';
import { KubeClient } from '../../../../services/shared/kube-client';
import { createLogger } from '../../../../services/shared/log';
import { until } from '../../support/until';

jest.setTimeout(120_000);

const DAY = 86_400;
const Created = z.object({ metadata: z.object({ uid: z.string() }) });
const Closed = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ ttlStrategy: z.object({ secondsAfterCompletion: z.number() }).optional() }),
});
const pipelines = Pipelines.parse(
  [
    { name: 'test', label: {} },
    { name: 'proud', label: { name: 'Code-Review', success: 2 } },
    { name: 'odd', label: { name: 'Odd' } },
  ].map((pipeline) => ({ ...pipeline, triggers: [{ event: 'patchset-created' }] })),
);

/** The ledger, as far as it has been told; the real one is the gateway's and is tested there. */
class TestLedger implements Ledger {
  private readonly runs = new Map<string, RunRecord>();
  private readonly events = new Map<string, RunRecord['event']>();
  private readonly feed: DecisionRecord[] = [];

  record(change: PushedPatchSet, pipeline: string, decision: Decision): void {
    const key = randomBytes(8).toString('hex');
    const event = {
      type: 'patchset-created',
      change: { project: change.project, branch: change.branch, number: change.number },
      patchSet: { number: change.patchSet, revision: change.revision, ref: change.ref },
    };
    const record = { seq: this.feed.length + 1, key, pipeline, at: new Date().toISOString(), decision };
    this.feed.push(record);
    this.events.set(key, event);
    if (decision.kind === 'spawned') {
      this.runs.set(decision.workflow.uid, { record, event });
    }
  }
  async findRun(uid: string) {
    return this.runs.get(uid);
  }
  async findEvent(key: string) {
    const event = this.events.get(key);
    return event && { event };
  }
  async decisions(after: number, waitSeconds: number) {
    await until('news', async () => waitSeconds === 0 || this.feed.length > after, 500, 50).catch(() => undefined);
    return { records: this.feed.slice(after), next: this.feed.length };
  }
  async whyQuestions(after: number, waitSeconds: number) {
    await sleep(waitSeconds === 0 ? 0 : 500);
    return { records: [], next: after };
  }
  async history() {
    return undefined;
  }
}

let server: ApiServerFixture;
let gerrit: StandaloneGerrit;
let kube: KubeClient;
let client: GerritClient;
let ledger: TestLedger;
let stop: () => Promise<void>;

function start(): () => Promise<void> {
  const stopping = new AbortController();
  const wait = startReporter({
    config: {
      gerrit: gerrit.endpoint,
      pipelines,
      ledgerUrl: 'http://not-used.test',
      statusUrl: 'https://ci.test',
      ttlSeconds: DAY,
    },
    kube,
    gerrit: client,
    ledger,
    log: createLogger('reporter'),
    readiness: new Readiness(),
    signal: stopping.signal,
  });
  return async () => {
    stopping.abort();
    await wait();
  };
}

beforeAll(async () => {
  [server, gerrit] = await Promise.all([startApiServer(), startStandaloneGerrit()]);
  kube = new KubeClient(server.config());
  const { endpoint, httpPassword } = gerrit;
  client = new GerritClient({ baseUrl: endpoint.httpUrl, account: endpoint.account, password: () => httpPassword });
  for (const object of new ArgoCrdsChart(new App(), 'argo-crds').toJson()) {
    await kube.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', object);
  }
  await until('Workflows are served', () => kube.get('/apis/argoproj.io/v1alpha1/workflows'));
  ledger = new TestLedger();
  stop = start();
}, 900_000);

afterAll(async () => {
  await stop?.();
  await client?.close();
  await gerrit?.remove();
  await server?.stop();
});

async function pushChange(name: string): Promise<PushedPatchSet> {
  const project = `${name}-${Date.now().toString(36)}`;
  await gerrit.admin.createProject(project);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceForProject(project) } };
  await kube.create('/api/v1/namespaces', namespace);
  return gerrit.admin.pushChange({ project, subject: 'Change', files: { a: '1\n' } });
}

const collection = ({ project }: PushedPatchSet) =>
  `/apis/argoproj.io/v1alpha1/namespaces/${namespaceForProject(project)}/workflows`;

/** A Workflow as the trigger makes it; `recorded`: the ledger knows that it did. */
async function spawn(change: PushedPatchSet, { pipeline = 'test', recorded = true } = {}): Promise<string> {
  const name = `run-${randomBytes(4).toString('hex')}`;
  const { metadata } = Created.parse(
    await kube.create(collection(change), {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name, labels: { [Label.run]: name, [Label.pipeline]: pipeline } },
      spec: { entrypoint: 'main' },
    }),
  );
  if (recorded) {
    const workflow = { namespace: namespaceForProject(change.project), name, uid: metadata.uid };
    ledger.record(change, pipeline, { kind: 'spawned', workflow, definitionCommit: 'd'.repeat(40) });
  }
  return `${collection(change)}/${name}`;
}

/** Ends a Workflow with one step, whose pod is still there unless it is said to be `taken`. */
async function finish(path: string, phase: string, message = '', { taken = false } = {}): Promise<void> {
  const times = { startedAt: '2025-11-23T10:00:00Z', finishedAt: '2025-11-23T10:00:07Z' };
  const lint = { id: 'lint', name: 'run.lint', displayName: 'lint', type: 'Pod', phase, message, hostNodeName: 'node' };
  if (!taken) {
    await kube.create(path.replace(/^.*(\/namespaces\/[^/]+)\/.*$/, '/api/v1$1/pods'), {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: podName(path.slice(path.lastIndexOf('/') + 1), WorkflowNode.parse(lint)) },
      spec: { containers: [{ name: 'main', image: 'example.org/step:1' }] },
    });
  }
  await kube.patch(path, 'merge', { status: { phase, ...times, nodes: { lint: { ...lint, ...times } } } });
}

const closed = (path: string) =>
  until(`${path} is closed`, async () => {
    const { metadata, spec } = Closed.parse(await kube.get(path));
    const reported = metadata.annotations[Annotation.reported];
    return reported !== undefined && { reported, ttl: spec.ttlStrategy?.secondsAfterCompletion };
  });

const said = async (change: PushedPatchSet) =>
  (await gerrit.admin.messages(change)).filter(({ author }) => author === gerrit.endpoint.account);

describe('the reporter', () => {
  test('votes +1 on a good run, in the tag of its pipeline, and starts the time to live', async () => {
    const change = await pushChange('good');
    const path = await spawn(change);

    await finish(path, 'Succeeded');

    expect(await closed(path)).toEqual({ reported: 'Succeeded', ttl: DAY });
    expect(await gerrit.admin.votes(change)).toEqual([
      { label: 'Verified', account: gerrit.endpoint.account, value: 1 },
    ]);
    expect(await said(change)).toMatchObject([
      {
        tag: 'autogenerated:ci-test',
        patchSet: 1,
        message: expect.stringMatching(
          /^Patch Set 1: Verified\+1\n\nBuild succeeded\.\n\n- test https:\/\/ci\.test\/job\/test\/\S+ : SUCCESS in 7s$/,
        ),
      },
    ]);
  });

  test('votes -1 on a bad run and names the step', async () => {
    const change = await pushChange('bad');
    const path = await spawn(change);

    await finish(path, 'Failed', 'main: Error (exit code 3)');
    await closed(path);

    expect(await gerrit.admin.votes(change)).toMatchObject([{ label: 'Verified', value: -1 }]);
    expect((await said(change))[0]?.message).toContain('Step lint failed: main: Error (exit code 3)');
  });

  test('says that CI could not run, without a vote, when the pod was evicted', async () => {
    const change = await pushChange('evicted');
    const path = await spawn(change);

    await finish(path, 'Failed', 'The node was low on resource: memory.');
    await closed(path);

    expect(await gerrit.admin.votes(change)).toEqual([]);
    expect((await said(change))[0]?.message).toContain('CI could not run this change');
  });

  test('says that CI could not run, without a vote, when the pod of the failed step was taken away', async () => {
    const change = await pushChange('taken');
    const path = await spawn(change);

    await finish(path, 'Failed', 'main: Error (exit code 137)', { taken: true });
    await closed(path);

    expect(await gerrit.admin.votes(change)).toEqual([]);
    expect((await said(change))[0]?.message).toContain('CI could not run this change');
  });

  test('says nothing of a patch set that a newer one has replaced', async () => {
    const change = await pushChange('replaced');
    const older = await spawn(change);
    const newer = await gerrit.admin.pushPatchSet(change, { a: '2\n' });

    await finish(older, 'Failed', 'main: Error (exit code 1)');

    expect(await closed(older)).toMatchObject({ reported: 'superseded', ttl: DAY });
    expect(await said(newer)).toEqual([]);
  });

  test('says nothing twice, though it forgot and was started again', async () => {
    const change = await pushChange('twice');
    const path = await spawn(change);
    await finish(path, 'Succeeded');
    await closed(path);

    await stop();
    await kube.patch(path, 'merge', { metadata: { annotations: { [Annotation.reported]: null } } });
    stop = start();

    expect(await closed(path)).toMatchObject({ reported: 'already-there' });
    expect(await said(change)).toHaveLength(1);
  });

  test('reports what finished while it was away', async () => {
    const change = await pushChange('away');
    const path = await spawn(change);

    await stop();
    await finish(path, 'Succeeded');
    stop = start();
    await closed(path);

    expect(await gerrit.admin.votes(change)).toMatchObject([{ value: 1 }]);
  });

  test('leaves a Workflow alone that the ledger did not start, whatever its labels say', async () => {
    const change = await pushChange('forged');
    const forged = await spawn(change, { recorded: false });
    const real = await spawn(change);

    await finish(forged, 'Succeeded');
    await finish(real, 'Failed', 'main: Error (exit code 1)');
    await closed(real);

    expect(Closed.parse(await kube.get(forged)).metadata.annotations).toEqual({});
    expect(await gerrit.admin.votes(change)).toMatchObject([{ value: -1 }]);
  });

  test.each([
    ['may not be given', 'proud'],
    ['does not exist', 'odd'],
  ])('reports without a vote that %s', async (_why, pipeline) => {
    const change = await pushChange(pipeline);
    const path = await spawn(change, { pipeline });

    await finish(path, 'Succeeded');

    expect(await closed(path)).toMatchObject({ reported: 'Succeeded' });
    expect(await gerrit.admin.votes(change)).toEqual([]);
    expect(await said(change)).toMatchObject([{ message: expect.stringContaining('Build succeeded.') }]);
  });

  test('reports on a closed change without a vote', async () => {
    const change = await pushChange('closed');
    const path = await spawn(change);
    await gerrit.admin.abandon(change);

    await finish(path, 'Succeeded');
    await closed(path);

    expect(await said(change)).toHaveLength(1);
    expect(await gerrit.admin.votes(change)).toEqual([]);
  });

  test('comments on a refused definition once, with file, line and reason, for however many patch sets', async () => {
    const change = await pushChange('refused');
    const finding = { path: 'seakeeper/test.yaml', line: 3, column: 5, message: 'hostNetwork is not allowed' };
    const rejected: Decision = {
      kind: 'rejected',
      file: 'seakeeper/test.yaml',
      definitionCommit: 'e'.repeat(40),
      findings: [finding],
    };

    ledger.record(change, 'test', rejected);
    ledger.record(await gerrit.admin.pushPatchSet(change, { a: '2\n' }), 'test', rejected);
    const other = await pushChange('refused-too');
    ledger.record(other, 'test', rejected);
    await until('the last one is commented on', async () => (await said(other)).length === 1);

    expect(await said(change)).toMatchObject([
      { message: expect.stringContaining('seakeeper/test.yaml:3:5: hostNetwork is not allowed') },
    ]);
    expect(await gerrit.admin.votes(change)).toEqual([]);
  });
});
