import { readFile } from 'node:fs/promises';
import { type ArgoWorkflow, isFinished } from '../../core/argo-workflow';
import type { GerritEvent } from '../../core/gerrit-event';
import { imageReference } from '../../core/images';
import { Annotation } from '../../core/labels';
import type { LocalSystem } from '../../local/connect';
import { httpPasswordFile } from '../../local/gerrit/credentials';
import { CLUSTER_ADDRESS } from '../../local/gerrit/gerrit-options';
import { gerritSitePaths, sshKeyFile } from '../../local/gerrit/gerrit-site';
import { CI_ACCOUNT, gerritEndpoint } from '../../local/gerrit/seed';
import { localImage, makeProject, removeProject } from '../../local/own-project';
import { localPaths } from '../../local/paths';
import { GerritClient } from '../../services/shared/gerrit-client';
import { passDefinition } from '../pass-definition';
import { type Arrival, Arrivals } from './arrivals';
import { BarePeer, PEER_REVISION, specOf } from './bare-peer';
import { watchGerrit, watchWorkflows } from './observers';

const PATIENCE_MS = 120_000;

/** What one run took. Milliseconds. */
export interface Sample {
  /** From Gerrit's event to the Workflow's creation. */
  readonly creation: number;
  /** From the Workflow's end to the vote. */
  readonly vote: number;
}

/** What this process has seen, by revision. */
class Seen {
  readonly pushed = new Arrivals<GerritEvent>();
  readonly created = new Arrivals<ArgoWorkflow>();
  readonly ended = new Arrivals<ArgoWorkflow>();
  readonly voted = new Arrivals<GerritEvent>();

  fail(error: Error): void {
    for (const arrivals of [this.pushed, this.created, this.ended, this.voted]) {
      arrivals.fail(error);
    }
  }
}

/**
 * Both sides on the running system: two Gerrit projects, of which only ours has a `Project`, and one namespace in which
 * both sides' Workflows run. One clock and one pair of eyes for both: this process' own event stream and watch.
 */
export class Rig {
  private readonly seen = new Seen();
  private readonly stopping = new AbortController();
  private peer: BarePeer | undefined;

  private constructor(
    private readonly system: LocalSystem,
    private readonly account: GerritClient,
    private readonly ours: string,
    private readonly peers: string,
  ) {}

  /** Makes the projects, looks, and runs ours once: the peer posts what our trigger made of it. */
  static async prepare(system: LocalSystem): Promise<Rig> {
    const site = gerritSitePaths(localPaths().gerrit);
    const [endpoint, privateKey, password] = await Promise.all([
      gerritEndpoint(site, CLUSTER_ADDRESS),
      readFile(sshKeyFile(site, CI_ACCOUNT), 'utf8'),
      readFile(httpPasswordFile(site, CI_ACCOUNT), 'utf8'),
    ]);
    const { httpUrl: baseUrl, account } = endpoint;
    const client = new GerritClient({ baseUrl, account, password: () => password.trim() });
    const image = imageReference(await localImage(system.kube, 'busybox'));
    const { project, namespace } = await makeProject(system, 'bench', passDefinition(image));
    const rig = new Rig(system, client, project, `${project}-peer`);
    try {
      await system.gerrit.createProject(rig.peers);
      const { signal } = rig.stopping;
      const onLost = (error: Error) => rig.seen.fail(error);
      const onEvent = (event: GerritEvent, at: number) => rig.takeEvent(event, at);
      const onWorkflow = (type: string, run: ArgoWorkflow, at: number) => rig.takeWorkflow(type, run, at);
      await watchGerrit({ endpoint, privateKey, signal, onEvent, onLost });
      await watchWorkflows({ kube: system.kube, namespace, signal, onWorkflow, onLost });
      const { created } = await rig.push('ours', 'First');
      const spec = await specOf(system.kube, created.what.metadata);
      rig.peer = new BarePeer({
        kube: system.kube,
        gerrit: client,
        project: rig.peers,
        namespace,
        spec,
        onFailure: onLost,
      });
      return rig;
    } catch (error) {
      await rig.close();
      throw error;
    }
  }

  /** Pushes a change of a side and resolves when its vote is there. */
  async run(side: 'ours' | 'peer', subject: string): Promise<Sample> {
    const { pushed, created, ended, voted } = await this.push(side, subject);
    return { creation: created.at - pushed.at, vote: voted.at - ended.at };
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await removeProject(this.system, this.ours);
    await this.account.close();
  }

  private async push(side: 'ours' | 'peer', subject: string): Promise<{ [Key in keyof Steps]: Arrival<Steps[Key]> }> {
    const { revision } = await this.system.gerrit.pushChange({
      project: side === 'ours' ? this.ours : this.peers,
      subject,
      files: { 'change.txt': `${subject}\n` },
    });
    const { seen } = this;
    const [pushed, created, ended, voted] = await Promise.all([
      seen.pushed.of(revision, PATIENCE_MS),
      seen.created.of(revision, PATIENCE_MS),
      seen.ended.of(revision, PATIENCE_MS),
      seen.voted.of(revision, PATIENCE_MS),
    ]);
    if (ended.what.status.phase !== 'Succeeded') {
      throw new Error(`Workflow ${ended.what.metadata.name} ${ended.what.status.phase}: ${ended.what.status.message}`);
    }
    return { pushed, created, ended, voted };
  }

  private takeEvent(event: GerritEvent, at: number): void {
    const revision = event.patchSet?.revision ?? '';
    if (event.type === 'patchset-created') {
      this.seen.pushed.note(revision, event, at);
      this.peer?.takeEvent(event);
    } else if (event.author?.username === CI_ACCOUNT && /\bVerified[+-]\d/.test(event.comment ?? '')) {
      this.seen.voted.note(revision, event, at);
    }
  }

  private takeWorkflow(type: string, workflow: ArgoWorkflow, at: number): void {
    const { annotations } = workflow.metadata;
    const revision = annotations[PEER_REVISION] ?? annotations[Annotation.revision] ?? '';
    if (type === 'ADDED') {
      this.seen.created.note(revision, workflow, at);
    }
    if (isFinished(workflow.status.phase)) {
      this.seen.ended.note(revision, workflow, at);
      this.peer?.takeWorkflow(workflow);
    }
  }
}

interface Steps {
  readonly pushed: GerritEvent;
  readonly created: ArgoWorkflow;
  readonly ended: ArgoWorkflow;
  readonly voted: GerritEvent;
}
