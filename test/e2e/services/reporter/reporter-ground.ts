import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { App } from 'cdk8s';
import { z } from 'zod';
import { ArgoCrdsChart } from '../../../../constructs/argo-crds-chart';
import { podName, WorkflowNode } from '../../../../core/argo-workflow';
import type { Decision, DecisionRecord } from '../../../../core/decision';
import { COMMENTS_PARAMETER } from '../../../../core/inline-comment';
import { Annotation, Label } from '../../../../core/labels';
import { Pipelines } from '../../../../core/pipeline';
import { namespaceForProject } from '../../../../core/project-name';
import { type ApiServerFixture, startApiServer } from '../../../../local/cluster/api-server-alone';
import type { PushedPatchSet } from '../../../../local/gerrit/gerrit-admin';
import { type StandaloneGerrit, startStandaloneGerrit } from '../../../../local/gerrit/standalone-gerrit';
import type { Ledger, RunRecord } from '../../../../services/reporter/ports';
import { type ReporterParts, startReporter } from '../../../../services/reporter/reporter';
import { GerritClient, type Review } from '../../../../services/shared/gerrit-client';
import { Readiness } from '../../../../services/shared/health-server';
import { KubeClient } from '../../../../services/shared/kube-client';
import { runAsLeader } from '../../../../services/shared/leader-election/run-as-leader';
import { createLogger } from '../../../../services/shared/log';
import { until } from '../../support/until';

export const DAY = 86_400;
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

/** How a Workflow of one step ends. */
interface End {
  /** Its pod is gone by then. */
  readonly taken?: boolean;
  /** Comments that the step puts out. */
  readonly comments?: object;
}

/** A reporter between a real API server and a real Gerrit, and what trigger and Argo would do beside it. */
export class ReporterGround {
  readonly ledger = new TestLedger();
  readonly kube: KubeClient;
  private readonly client: GerritClient;
  private stopReporter: (() => Promise<void>) | undefined;

  private constructor(
    private readonly server: ApiServerFixture,
    readonly gerrit: StandaloneGerrit,
  ) {
    const { endpoint, httpPassword } = gerrit;
    this.kube = new KubeClient(server.config());
    this.client = new GerritClient({
      baseUrl: endpoint.httpUrl,
      account: endpoint.account,
      password: () => httpPassword,
    });
  }

  static async start(): Promise<ReporterGround> {
    const ground = new ReporterGround(...(await Promise.all([startApiServer(), startStandaloneGerrit()])));
    for (const object of new ArgoCrdsChart(new App(), 'argo-crds').toJson()) {
      await ground.kube.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', object);
    }
    await until('Workflows are served', () => ground.kube.get('/apis/argoproj.io/v1alpha1/workflows'));
    ground.start();
    return ground;
  }

  /** Starts the reporter, alone. */
  start(): void {
    const stopping = new AbortController();
    const wait = startReporter(this.parts(this.kube, this.client, stopping.signal));
    this.stopReporter = async () => {
      stopping.abort();
      await wait();
    };
  }

  /** One of several reporters, which reports while it leads. `after`: what happens when Gerrit has taken a review of its. */
  candidate(after: () => Promise<void> = async () => undefined): { readonly stop: () => Promise<void> } {
    const stopping = new AbortController();
    const gerrit = Object.assign(Object.create(this.client) as GerritClient, {
      postReview: async (review: Review, deadlineMs?: number) => {
        const outcome = await this.client.postReview(review, deadlineMs);
        await after();
        return outcome;
      },
    });
    const leading = runAsLeader({
      kube: this.kube,
      log: createLogger('reporter'),
      signal: stopping.signal,
      lease: { namespace: 'default', name: 'reporter' },
      timings: { leaseMs: 6_000, renewWithinMs: 4_000, retryMs: 500 },
      lead: async (kube, term, { fence }) => startReporter({ ...this.parts(kube, gerrit, term), fence }),
    });
    return {
      stop: async () => {
        stopping.abort();
        await leading();
      },
    };
  }

  private parts(kube: KubeClient, gerrit: GerritClient, signal: AbortSignal): ReporterParts {
    return {
      ...{ kube, gerrit, signal },
      config: {
        gerrit: this.gerrit.endpoint,
        pipelines,
        ledgerUrl: 'http://not-used.test',
        statusUrl: 'https://ci.test',
        ttlSeconds: DAY,
      },
      ledger: this.ledger,
      log: createLogger('reporter'),
      readiness: new Readiness(),
    };
  }

  /** Stops the reporter. */
  async stop(): Promise<void> {
    await this.stopReporter?.();
    this.stopReporter = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.client.close();
    await this.gerrit.remove();
    await this.server.stop();
  }

  async pushChange(name: string, files: Readonly<Record<string, string>> = { a: '1\n' }): Promise<PushedPatchSet> {
    const project = `${name}-${Date.now().toString(36)}`;
    await this.gerrit.admin.createProject(project);
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceForProject(project) } };
    await this.kube.create('/api/v1/namespaces', namespace);
    return this.gerrit.admin.pushChange({ project, subject: 'Change', files });
  }

  /** A Workflow as the trigger makes it, by its path; `recorded`: the ledger knows that it did. */
  async spawn(change: PushedPatchSet, { pipeline = 'test', recorded = true } = {}): Promise<string> {
    const namespace = namespaceForProject(change.project);
    const collection = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows`;
    const name = `run-${randomBytes(4).toString('hex')}`;
    const { metadata } = Created.parse(
      await this.kube.create(collection, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        metadata: { name, labels: { [Label.run]: name, [Label.pipeline]: pipeline } },
        spec: { entrypoint: 'main' },
      }),
    );
    if (recorded) {
      const workflow = { namespace, name, uid: metadata.uid };
      this.ledger.record(change, pipeline, { kind: 'spawned', workflow, definitionCommit: 'd'.repeat(40) });
    }
    return `${collection}/${name}`;
  }

  /** Ends a Workflow with one step, whose pod is still there unless it is said to be `taken`. */
  async finish(path: string, phase: string, message = '', { taken = false, comments }: End = {}): Promise<void> {
    const times = { startedAt: '2025-11-23T10:00:00Z', finishedAt: '2025-11-23T10:00:07Z' };
    const lint = {
      ...{ id: 'lint', name: 'run.lint', displayName: 'lint', type: 'Pod', phase, message, hostNodeName: 'node' },
      ...(comments === undefined
        ? {}
        : { outputs: { parameters: [{ name: COMMENTS_PARAMETER, value: JSON.stringify(comments) }] } }),
    };
    if (!taken) {
      await this.kube.create(path.replace(/^.*(\/namespaces\/[^/]+)\/.*$/, '/api/v1$1/pods'), {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: podName(path.slice(path.lastIndexOf('/') + 1), WorkflowNode.parse(lint)) },
        spec: { containers: [{ name: 'main', image: 'example.org/step:1' }] },
      });
    }
    await this.kube.patch(path, 'merge', { status: { phase, ...times, nodes: { lint: { ...lint, ...times } } } });
  }

  /** How a Workflow was closed, once it is. */
  closed(path: string): Promise<{ reported: string; ttl: number | undefined }> {
    return until(`${path} is closed`, async () => {
      const { annotations, ttl } = await this.state(path);
      const reported = annotations[Annotation.reported];
      return reported !== undefined && { reported, ttl };
    });
  }

  async state(path: string): Promise<{ annotations: Readonly<Record<string, string>>; ttl: number | undefined }> {
    const { metadata, spec } = Closed.parse(await this.kube.get(path));
    return { annotations: metadata.annotations, ttl: spec.ttlStrategy?.secondsAfterCompletion };
  }

  /** What the reporter said on a change. */
  async said(change: PushedPatchSet) {
    return (await this.gerrit.admin.messages(change)).filter(({ author }) => author === this.gerrit.endpoint.account);
  }

  /** Votes on a change. */
  votes(change: PushedPatchSet) {
    return this.gerrit.admin.votes(change);
  }
}
