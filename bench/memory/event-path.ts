import { pino } from 'pino';
import { GatewayConfig, ReporterConfig, TriggerConfig } from '../../core/service-config';
import { compileDryRun } from '../../services/gateway/decide-dry-run';
import { compileExplain } from '../../services/gateway/decide-objections';
import { type GatewayCore, openGatewayCore } from '../../services/gateway/gateway-core';
import { DiskSegments } from '../../services/gateway/ledger/disk-segments';
import { createLedgerApi } from '../../services/gateway/ledger-api';
import { startReporter } from '../../services/reporter/reporter';
import { Readiness } from '../../services/shared/health-server';
import { LedgerClient } from '../../services/shared/ledger-client';
import { startTriggerCore } from '../../services/trigger/trigger';
import { projectAt, streamLine } from '../gateway/stream-lines';
import { agreeableGerrit } from './agreeable-gerrit';
import { BriefCluster } from './brief-cluster';

/** One event of so many starts a run: a pushed patch set of one project in twenty. */
const EVENTS_A_RUN = 20;
const PIPELINE = 'check';
const PIPELINES = [
  {
    name: PIPELINE,
    triggers: [{ event: 'patchset-created', project: '/Extension(\\d*[02468])?0$' }],
    label: {},
  },
];
const GERRIT = {
  name: 'bench',
  httpUrl: 'https://gerrit.example.org',
  fetchUrl: 'https://gerrit.example.org',
  sshHost: 'gerrit.example.org',
  sshPort: 29418,
  sshHostKeys: ['ssh-ed25519 AAAA'],
  account: 'ci',
  canaryProject: 'canary',
};
const TOKENS = { trigger: 'trigger', reporter: 'reporter' } as const;

/**
 * Gateway, trigger and reporter in this process, wired as in the cluster: lines of the stream are decoded and go to a ledger on
 * disk, trigger and reporter reach it over HTTP, every run is spawned, ends, and is reported.
 */
export class EventPath {
  private fed = 0;

  private constructor(
    private readonly gateway: GatewayCore,
    private readonly cluster: BriefCluster,
  ) {}

  static async open(folder: string, projects: number): Promise<EventPath> {
    const log = pino({ level: 'silent' });
    const { signal } = new AbortController();
    const shared = { gerrit: GERRIT, pipelines: PIPELINES };
    const config = GatewayConfig.parse(shared);
    const gateway = await openGatewayCore({
      config,
      store: new DiskSegments(folder),
      gerrit: agreeableGerrit,
      log,
      signal,
      onFailure: (error) => {
        throw error;
      },
      onSilentStream: () => undefined,
    });
    const api = createLedgerApi({
      ...gateway,
      authenticate: async (token) => (token === TOKENS.trigger || token === TOKENS.reporter ? token : undefined),
      explain: compileExplain(config.pipelines),
      dryRun: compileDryRun({ pipelines: config.pipelines, account: config.gerrit.account }),
      log,
      signal,
    });
    const ledgerUrl = await api.listen({ host: '127.0.0.1', port: 0 });
    const cluster = new BriefCluster(Array.from({ length: projects }, (_, index) => projectAt(index)));
    const outside = { kube: cluster, gerrit: agreeableGerrit, log, readiness: new Readiness(), signal };
    const trigger = startTriggerCore({
      ...outside,
      config: TriggerConfig.parse({ ...shared, ledgerUrl, admission: { parallelism: 1e6, namespaceParallelism: 1e6 } }),
      ledger: new LedgerClient(ledgerUrl, () => TOKENS.trigger),
    });
    startReporter({
      ...outside,
      config: ReporterConfig.parse({ ...shared, ledgerUrl, statusUrl: 'https://ci.example.org' }),
      ledger: new LedgerClient(ledgerUrl, () => TOKENS.reporter),
    });
    gateway.handOn.listen(PIPELINE, { send: (reference) => void trigger.receive(reference).catch(() => undefined) });
    return new EventPath(gateway, cluster);
  }

  /** Takes lines `from` to `to` of the stream, as one piece. */
  async feed(from: number, to: number): Promise<void> {
    for (let index = from; index < to; index++) this.gateway.stream.onLine(streamLine(index));
    this.fed = to;
    await this.gateway.stream.settle();
    // The next piece comes by the event loop, as it does from a socket.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Runs that were reported. */
  get runs(): number {
    return this.cluster.reported;
  }

  /** Runs that the events fed so far start, and that are not reported yet. */
  get underWay(): number {
    return Math.ceil(this.fed / EVENTS_A_RUN) - this.cluster.reported;
  }

  /** Resolves when all that was fed is on disk. */
  async flush(): Promise<void> {
    await this.gateway.ledger.flush();
  }
}
