import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { ServiceAccounts } from '../../core/access';
import { type ArgoWorkflow, isFinished } from '../../core/argo-workflow';
import { changeOfKey } from '../../core/event-key';
import type { GerritEvent } from '../../core/gerrit-event';
import { Annotation, Label } from '../../core/labels';
import { LEDGER_AUDIENCE } from '../../core/service-config';
import { GerritClient } from '../../services/shared/gerrit-client';
import { LedgerClient } from '../../services/shared/ledger-client';
import { EventSourceClient } from '../event-path/event-source-client';
import { openChange } from '../event-path/gerrit-changes';
import { type BenchProject, Ground, PIPELINE, PIPELINES } from '../event-path/ground';
import { ServiceProcess } from '../event-path/service-process';
import { Arrivals } from '../latency/arrivals';
import { BarePeer, PEER_REVISION } from '../latency/bare-peer';
import { watchGerrit, watchWorkflows, workflowsPath } from '../latency/observers';
import { accountToken } from '../provision/account-kubeconfig';

const PATIENCE_MS = 30_000;
const SPEC = { entrypoint: 'main', templates: [{ name: 'main', container: { image: 'registry.example/none' } }] };
const Created = z.object({ metadata: z.object({ uid: z.string() }) });

/** What this process has seen of the runs, by revision. */
class Seen {
  readonly pushed = new Arrivals<GerritEvent>();
  readonly created = new Arrivals<ArgoWorkflow>();
  readonly ended = new Arrivals<ArgoWorkflow>();
  readonly voted = new Arrivals<GerritEvent>();
  /** Event keys by change, as the gateway hands them on. */
  readonly keys = new Arrivals<string>();

  fail(error: Error): void {
    for (const arrivals of [this.pushed, this.created, this.ended, this.voted, this.keys]) arrivals.fail(error);
  }
}

/**
 * Runs that end because we say so, and their votes: those of one project by our reporter, which asks our gateway's ledger, those
 * of the other by a bare watcher in this process. One clock and one pair of eyes for both, a real Gerrit and a real API server.
 */
export class ReportRig {
  private readonly seen = new Seen();
  private readonly stopping = new AbortController();
  private readonly closing: (() => unknown)[] = [];
  /** As our trigger calls it. */
  private ledger: LedgerClient | undefined;

  private constructor(
    private readonly ground: Ground,
    private readonly ours: BenchProject,
    private readonly peers: BenchProject,
  ) {}

  static async prepare(progress: (line: string) => void): Promise<ReportRig> {
    const ground = await Ground.start(2, progress);
    const [ours, peers] = ground.projects;
    if (ours === undefined || peers === undefined) throw new Error('the ground has fewer than two projects');
    const rig = new ReportRig(ground, ours, peers);
    try {
      await rig.start();
      return rig;
    } catch (error) {
      await rig.close();
      throw error;
    }
  }

  /** From a run's end to its vote on Gerrit's stream; milliseconds. */
  async run(side: 'ours' | 'peer'): Promise<number> {
    const project = side === 'ours' ? this.ours : this.peers;
    const { ground, seen } = this;
    const number = await openChange(ground.gerrit.admin, project.name, `Change of ${side}`);
    const pushed = await seen.pushed.of(String(number), PATIENCE_MS);
    const revision = pushed.what.patchSet?.revision ?? '';
    if (side === 'ours') await this.spawn(number, revision);
    const { name } = (await seen.created.of(revision, PATIENCE_MS)).what.metadata;
    const now = new Date().toISOString();
    await ground.plane.admin.patch(`${workflowsPath(project.namespace)}/${name}`, 'merge', {
      status: { phase: 'Succeeded', startedAt: now, finishedAt: now },
    });
    const [ended, voted] = await Promise.all([
      seen.ended.of(revision, PATIENCE_MS),
      seen.voted.of(revision, PATIENCE_MS),
    ]);
    return voted.at - ended.at;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    for (const close of this.closing.reverse()) await close();
    await this.ground.remove();
  }

  private async start(): Promise<void> {
    const { ground, peers, seen, closing } = this;
    const { gerrit, plane } = ground;
    const gateway = await ground.startGateway({ sweepSeconds: 3600 });
    closing.push(() => gateway.process.stop());
    const token = await accountToken(plane.admin, ServiceAccounts.trigger, LEDGER_AUDIENCE);
    this.ledger = new LedgerClient(gateway.ledgerUrl, () => token);
    const reporter = await ServiceProcess.start(plane, {
      service: 'reporter',
      config: {
        gerrit: gerrit.endpoint,
        pipelines: PIPELINES,
        ledgerUrl: gateway.ledgerUrl,
        statusUrl: 'https://ci.example.org',
      },
      secrets: ground.secrets,
    });
    closing.push(() => reporter.stop());
    const keys = new EventSourceClient(gateway.eventSourcePort, PIPELINE, ({ key }) => {
      seen.keys.note(String(changeOfKey(key)), key, performance.now());
    });
    closing.push(() => keys.close());

    const { signal } = this.stopping;
    const onLost = (error: Error) => seen.fail(error);
    const { endpoint, sshKey: privateKey, httpPassword } = gerrit;
    const account = new GerritClient({
      baseUrl: endpoint.httpUrl,
      account: endpoint.account,
      password: () => httpPassword,
    });
    closing.push(() => account.close());
    const { namespace, name: project } = peers;
    const peer = new BarePeer({
      kube: plane.admin,
      gerrit: account,
      project,
      namespace,
      spec: SPEC,
      onFailure: onLost,
    });
    const onEvent = (event: GerritEvent, at: number) => this.takeEvent(event, at, peer);
    await watchGerrit({ endpoint, privateKey, signal, onEvent, onLost });
    for (const { namespace: watched } of ground.projects) {
      const onWorkflow = (type: string, run: ArgoWorkflow, at: number) => this.takeWorkflow(type, run, at, peer);
      await watchWorkflows({ kube: plane.admin, namespace: watched, signal, onWorkflow, onLost });
    }
  }

  /** What our trigger would do: make the Workflow and record that it did. */
  private async spawn(change: number, revision: string): Promise<void> {
    const { namespace } = this.ours;
    const name = `run-${randomBytes(6).toString('hex')}`;
    const key = (await this.seen.keys.of(String(change), PATIENCE_MS)).what;
    const { metadata } = Created.parse(
      await this.ground.plane.admin.create(workflowsPath(namespace), {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        metadata: {
          name,
          labels: { [Label.run]: name, [Label.pipeline]: PIPELINE },
          annotations: { [Annotation.revision]: revision },
        },
        spec: SPEC,
      }),
    );
    const workflow = { namespace, name, uid: metadata.uid };
    await this.ledger?.putDecision(key, PIPELINE, { kind: 'spawned', workflow, definitionCommit: 'd'.repeat(40) });
  }

  private takeEvent(event: GerritEvent, at: number, peer: BarePeer): void {
    const { change, patchSet, author, type } = event;
    if (type === 'patchset-created' && change !== undefined) {
      this.seen.pushed.note(String(change.number), event, at);
      peer.takeEvent(event);
    } else if (author?.username === this.ground.gerrit.endpoint.account) {
      this.seen.voted.note(patchSet?.revision ?? '', event, at);
    }
  }

  private takeWorkflow(type: string, workflow: ArgoWorkflow, at: number, peer: BarePeer): void {
    const { annotations } = workflow.metadata;
    const revision = annotations[PEER_REVISION] ?? annotations[Annotation.revision] ?? '';
    if (type === 'ADDED') this.seen.created.note(revision, workflow, at);
    if (isFinished(workflow.status.phase)) {
      this.seen.ended.note(revision, workflow, at);
      peer.takeWorkflow(workflow);
    }
  }
}
