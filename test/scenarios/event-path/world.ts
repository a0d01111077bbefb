import { EventReference } from '../../../core/decision';
import { type GatewayCore, openGatewayCore } from '../../../services/gateway/gateway-core';
import { LineSplitter } from '../../../services/gateway/split-lines';
import { startReporter } from '../../../services/reporter/reporter';
import { Readiness } from '../../../services/shared/health-server';
import { startTriggerCore, type TriggerCore } from '../../../services/trigger/trigger';
import { gerritClient, kubeClient, ledgerClient, loggedEvents } from './clients';
import { gatewayConfig, reporterConfig, silent, triggerConfig } from './fixtures';
import { Link, type Medium, reach } from './link';
import { MemoryDisk, MemorySegments } from './memory-segments';
import { ModelBus } from './model-bus';
import { ModelGerrit } from './model-gerrit';
import { ModelKube } from './model-kube';
import { outside, Process } from './process';
import { Random } from './random';
import { VirtualClock } from './virtual-clock';

export const BEGIN = Date.parse('2026-11-23T10:00:00.250Z');
/** Small, so that schedules come to the end of one. */
const SEGMENT_BYTES = 6_000;
const MOST_LINE_BYTES = 64 * 1024;

export type ServiceName = 'gateway' | 'trigger' | 'reporter';
export type Breakage = 'gerrit' | 'kube' | 'ledger';

/** Our three services as they run in the cluster, between models of all that is outside of them. */
export class World {
  readonly random: Random;
  readonly clock = new VirtualClock(BEGIN);
  readonly medium: Medium;
  readonly disk: MemoryDisk;
  readonly gerrit: ModelGerrit;
  readonly kube: ModelKube;
  readonly bus: ModelBus;
  readonly links: Record<Breakage, Link>;
  /** Crashes that happened, by service and whether the power went too. */
  readonly crashes: string[] = [];
  private gateway: { readonly process: Process; core: GatewayCore | undefined };
  private trigger: { readonly process: Process; core: TriggerCore | undefined };
  private reporter: Process;

  /** `alter` makes the world worse than ours, to see that somebody notices. */
  constructor(seed: number, alter: (world: World) => void = () => undefined) {
    this.random = new Random(seed);
    const { clock, random } = this;
    this.medium = { clock, random, crashPoints: [], passed: new Map() };
    this.disk = new MemoryDisk(this.medium);
    this.gerrit = new ModelGerrit(clock, random);
    this.kube = new ModelKube(clock, random);
    this.links = {
      gerrit: new Link('Gerrit', this.medium),
      kube: new Link('the API server', this.medium),
      ledger: new Link('the gateway', this.medium),
    };
    this.bus = new ModelBus(clock, random, (payload) => this.execute(payload));
    const nobody = (name: ServiceName) => new Process(name, () => undefined);
    this.gateway = { process: nobody('gateway'), core: undefined };
    this.trigger = { process: nobody('trigger'), core: undefined };
    this.reporter = nobody('reporter');
    alter(this);
  }

  /** The gateway as it is in memory now; undefined while there is none. */
  get core(): GatewayCore | undefined {
    return this.gateway.process.isAlive ? this.gateway.core : undefined;
  }

  get areAllUp(): boolean {
    const processes = [this.gateway.process, this.trigger.process, this.reporter];
    return processes.every(({ isAlive }) => isAlive) && this.core !== undefined && this.gerrit.reader !== undefined;
  }

  start(): void {
    this.startGateway();
    this.startTrigger();
    this.startReporter();
  }

  stop(): void {
    for (const process of [this.gateway.process, this.trigger.process, this.reporter]) {
      process.kill();
    }
  }

  /** A service dies, and the power with it or not; after a time it begins anew. */
  crash(name: ServiceName, withPower: boolean, downMs: number): void {
    const process = { gateway: this.gateway.process, trigger: this.trigger.process, reporter: this.reporter }[name];
    if (!process.isAlive) {
      return;
    }
    this.crashes.push(name);
    process.kill();
    if (name === 'gateway' && withPower) {
      this.disk.losePower();
    }
    const again = {
      gateway: () => this.startGateway(),
      trigger: () => this.startTrigger(),
      reporter: () => this.startReporter(),
    };
    outside(() => this.clock.start(again[name], downMs));
  }

  private startGateway(): void {
    const process = new Process('gateway', () => this.gerrit.disconnect());
    const gateway: { process: Process; core: GatewayCore | undefined } = { process, core: undefined };
    this.gateway = gateway;
    process.run(async () => {
      const core = await openGatewayCore({
        config: gatewayConfig,
        store: new MemorySegments(this.disk, process),
        segmentBytes: SEGMENT_BYTES,
        gerrit: gerritClient(process, this.links.gerrit, this.gerrit),
        recovery: { logged: loggedEvents(process, this.links.gerrit, this.gerrit) },
        log: silent,
        signal: new AbortController().signal,
        onFailure: () => {
          this.disk.isBroken = false;
          outside(() => this.crash('gateway', false, 1_000));
        },
        onSilentStream: () => outside(() => this.gerrit.disconnect()),
      });
      gateway.core = core;
      core.start();
      this.streamFor(process, core);
      await this.clock.sleep(this.random.between(10, 500));
      for (const { name } of gatewayConfig.pipelines) {
        core.handOn.listen(name, {
          send: (_reference, payload) => {
            const text = payload.toString();
            void reach(this.medium, process, 'gateway send').then(() => outside(() => this.bus.publish(text)));
          },
        });
      }
    });
  }

  /** Gerrit's stream, made again whenever it breaks. */
  private streamFor(process: Process, core: GatewayCore): void {
    const connect = () => {
      const lines = new LineSplitter(MOST_LINE_BYTES, core.stream);
      this.gerrit.connect({
        take: (bytes) => process.isAlive && process.run(() => lines.push(bytes)),
        isThere: () => process.isAlive,
        closed: () =>
          process.isAlive &&
          process.run(() => {
            core.stream.onDisconnected('lost');
            this.clock.start(connect, this.random.between(250, 5_000));
          }),
      });
      core.stream.onConnected();
    };
    this.clock.start(connect, this.random.between(20, 1_000));
  }

  private startTrigger(): void {
    const process = new Process('trigger', () => undefined);
    const trigger: { process: Process; core: TriggerCore | undefined } = { process, core: undefined };
    this.trigger = trigger;
    process.run(() => {
      const core = startTriggerCore({
        config: triggerConfig,
        log: silent,
        readiness: new Readiness(),
        signal: new AbortController().signal,
        kube: kubeClient(process, this.links.kube, this.kube, this.clock),
        gerrit: gerritClient(process, this.links.gerrit, this.gerrit),
        ledger: ledgerClient(process, this.links.ledger, () => this.gateway, this.clock),
      });
      trigger.core = core;
      core.askAgain();
    });
  }

  private startReporter(): void {
    const process = new Process('reporter', () => undefined);
    this.reporter = process;
    process.run(() => {
      startReporter({
        config: reporterConfig,
        kube: kubeClient(process, this.links.kube, this.kube, this.clock),
        gerrit: gerritClient(process, this.links.gerrit, this.gerrit),
        ledger: ledgerClient(process, this.links.ledger, () => this.gateway, this.clock),
        log: silent,
        readiness: new Readiness(),
        signal: new AbortController().signal,
      });
    });
  }

  /** What the Sensor does with a message. */
  private async execute(payload: string): Promise<void> {
    const reference = EventReference.parse(JSON.parse(payload));
    const { process, core } = this.trigger;
    await process.serve(async () => core?.receive(reference));
  }
}
