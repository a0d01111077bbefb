import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { definitionPath } from '../../core/pipeline';
import { freePort } from '../../local/gerrit/free-address';
import { until } from '../../local/until';
import { DiskSegments } from '../../services/gateway/ledger/disk-segments';
import { Ledger } from '../../services/gateway/ledger/ledger';
import { EventSourceClient } from '../event-path/event-source-client';
import { openChanges } from '../event-path/gerrit-changes';
import { type GatewayProcess, Ground, PIPELINE, PIPELINES } from '../event-path/ground';
import { ServiceProcess } from '../event-path/service-process';
import { specOf } from '../latency/bare-peer';
import { passDefinition } from '../pass-definition';
import { Bus, type BusMessage } from './bus';
import { type SensorObject, SensorProcess } from './sensor-process';
import { EVENT_SOURCE, oursSensor, type PeerWorkflow, peerSensor } from './sensors';
import { countWorkflows, deleteWorkflows } from './workflows';

/** Changes are spread over so many projects; Argo's triggers make all of theirs in one namespace more. */
const PROJECTS = 10;
const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 300_000;
const WARM_UP = 20;
/** No less than what a sweep of the gateway goes back. */
const SWEEP_OVERLAP_MS = 120_000;
/** Nothing waits for its turn, and nothing is sent again: what is measured is making Workflows. */
const GATEWAY = { window: 10_000, sweepSeconds: 3600, resendAfterSeconds: 60 };
const ADMISSION = { parallelism: 1_000_000, namespaceParallelism: 1_000_000 };

const DEFINITION = passDefinition('registry.example.org/busybox:1');

/** How many Workflows came of the backlog in which time. */
export interface Spawned {
  readonly workflows: number;
  readonly seconds: number;
}

/**
 * Events that wait on a bus for whoever makes Workflows of them: real ones, in a real Gerrit and in the gateway's ledger, which
 * every turn begins with as it was before the first.
 */
export class Backlog {
  private turns = 0;
  private peerWorkflow: PeerWorkflow | undefined;

  private constructor(
    private readonly ground: Ground,
    private readonly bus: Bus,
    private readonly messages: readonly BusMessage[],
  ) {}

  static async prepare(size: number, progress: (line: string) => void): Promise<Backlog> {
    const ground = await Ground.start(PROJECTS + 1, progress);
    let bus: Bus | undefined;
    try {
      bus = await Bus.start(ground.plane.folder);
      progress(`${size} changes are opened`);
      const backlog = new Backlog(ground, bus, await recordEvents(ground, size));
      await settleCursor(ground.ledgerDirectory);
      copyLedger(ground.ledgerDirectory, snapshotOf(ground));
      await backlog.warmUp();
      return backlog;
    } catch (error) {
      await bus?.stop();
      await ground.remove();
      throw error;
    }
  }

  /**
   * Workflows of the backlog by our trigger, in at most so many seconds: the Sensor of the stack calls it, it asks ledger,
   * Gerrit and cluster.
   */
  async ours(mostSeconds: number, messages: readonly BusMessage[] = this.messages): Promise<Spawned> {
    const { ground } = this;
    const gateway = await this.startGateway();
    const port = await freePort();
    const trigger = await ServiceProcess.start(ground.plane, {
      service: 'trigger',
      config: {
        gerrit: ground.gerrit.endpoint,
        pipelines: PIPELINES,
        ledgerUrl: gateway.ledgerUrl,
        admission: ADMISSION,
      },
      secrets: ground.secrets,
      env: { SEAKEEPER_TRIGGER_ADDRESS: `127.0.0.1:${port}` },
    });
    try {
      const sensor = oursSensor(this.nextName(), PIPELINES, `127.0.0.1:${port}`);
      return await this.consume(sensor, messages, mostSeconds * 1000);
    } finally {
      await trigger.stop();
      await gateway.process.stop();
      await this.clear();
    }
  }

  /** The same by one of Argo's own triggers. */
  async peer(trigger: 'argoWorkflow' | 'k8s', mostSeconds: number): Promise<Spawned> {
    if (this.peerWorkflow === undefined) throw new Error('nothing was spawned yet that a peer could make');
    const sensor = peerSensor(this.nextName(), trigger, PIPELINE, this.peerWorkflow);
    try {
      return await this.consume(sensor, this.messages, mostSeconds * 1000);
    } finally {
      await this.clear();
    }
  }

  async remove(): Promise<void> {
    await this.bus.stop();
    await this.ground.remove();
  }

  /** A few of ours, for what they leave: the spec that Argo's triggers make, too. */
  private async warmUp(): Promise<void> {
    const { admin } = this.ground.plane;
    const seen = this.ours(PATIENCE_MS / 1000, this.messages.slice(0, WARM_UP));
    const one = until('a Workflow is made', async () => (await countWorkflows(admin)).one, PATIENCE_MS, LOOK_EVERY_MS);
    const spec = await one.then((workflow) => specOf(admin, { ...workflow, uid: '', labels: {}, annotations: {} }));
    const namespace = this.ground.projects.at(-1)?.namespace ?? '';
    this.peerWorkflow = { namespace, spec };
    await seen;
  }

  /** The gateway on the ledger of before. */
  private async startGateway(): Promise<GatewayProcess> {
    const { ground } = this;
    rmSync(ground.ledgerDirectory, { recursive: true, force: true });
    copyLedger(snapshotOf(ground), ground.ledgerDirectory);
    return ground.startGateway(GATEWAY);
  }

  /** Puts the messages before a Sensor that stands still, lets it go, and counts at the API server. */
  private async consume(sensor: SensorObject, messages: readonly BusMessage[], mostMs: number): Promise<Spawned> {
    const { admin } = this.ground.plane;
    const process = await SensorProcess.start(this.ground.plane, this.bus, sensor);
    try {
      process.pause();
      await this.bus.publish(messages);
      const started = performance.now();
      process.resume();
      for (;;) {
        const { count } = await countWorkflows(admin);
        const ms = performance.now() - started;
        if (count >= messages.length || ms > mostMs) return { workflows: count, seconds: ms / 1000 };
        await sleep(LOOK_EVERY_MS);
      }
    } finally {
      await process.stop();
    }
  }

  private async clear(): Promise<void> {
    const { plane, projects } = this.ground;
    await deleteWorkflows(
      plane.admin,
      projects.map(({ namespace }) => namespace),
    );
  }

  /** Another name is another durable consumer, so that no turn finds what an earlier one has left. */
  private nextName(): string {
    this.turns += 1;
    return `bench-${this.turns}`;
  }
}

const snapshotOf = (ground: Ground): string => join(ground.plane.folder, 'ledger-of-before');

/** As if a while had passed: a gateway that starts reads the changes of the last minutes again, which would be all of them. */
async function settleCursor(directory: string): Promise<void> {
  const ledger = await Ledger.open({
    store: new DiskSegments(directory),
    log: pino({ level: 'silent' }),
    onFailure: (error) => {
      throw error;
    },
  });
  const { cursor } = ledger;
  if (cursor === undefined) throw new Error('the gateway has written no cursor; did it start?');
  await ledger.setCursor({ ...cursor, until: Date.now() + SWEEP_OVERLAP_MS });
  await ledger.close();
}

/** Segments, without the lock that a killed gateway leaves. */
function copyLedger(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.sock') });
}

/** Opens changes and resolves to what an EventSource would put on the bus for them. They are on disk, undecided. */
async function recordEvents(ground: Ground, size: number): Promise<BusMessage[]> {
  const projects = ground.projects.slice(0, PROJECTS).map(({ name }) => name);
  const { admin } = ground.gerrit;
  for (const project of projects) {
    await admin.pushDefinition(project, { [definitionPath(PIPELINE)]: DEFINITION });
  }
  const gateway = await ground.startGateway(GATEWAY);
  const client = new EventSourceClient(gateway.eventSourcePort, PIPELINE);
  try {
    await openChanges(admin, projects, size);
    const references = () => [...new Map(client.references.map((reference) => [reference.key, reference])).values()];
    await until('the gateway has every event', async () => references().length >= size, PATIENCE_MS, LOOK_EVERY_MS);
    return references().map((body) => ({ eventSource: EVENT_SOURCE, event: PIPELINE, body }));
  } finally {
    client.close();
    await gateway.process.stop();
  }
}
