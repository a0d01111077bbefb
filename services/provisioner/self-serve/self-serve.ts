import { setTimeout as sleep } from 'node:timers/promises';
import type { GerritEndpoint, ProvisionerConfig } from '../../../core/service-config';
import { messageOf } from '../../shared/errors';
import { GerritClient } from '../../shared/gerrit-client';
import { GerritHttp } from '../../shared/gerrit-http';
import type { KubeClient } from '../../shared/kube-client';
import { LedgerClient } from '../../shared/ledger-client';
import type { Logger } from '../../shared/log';
import { WorkQueue } from '../../shared/work-queue';
import { GerritNotices } from './gerrit-notices';
import { GerritProjects } from './gerrit-projects';
import { KubeProjects } from './kube-projects';
import { KubeRecords } from './kube-records';
import { metrics } from './metrics';
import type { Gerrit } from './ports';
import { rulesOf, SelfServeController } from './self-serve-controller';

/** Projects looked at once; each asks Gerrit a few things, and Gerrit is shared with people. */
const CONCURRENCY = 4;
const CONNECTIONS = 8;
const MOST_BACKOFF_MS = 60_000;
const WAIT_SECONDS = 30;
const MINUTE_MS = 60_000;
/** How often it is looked whether the configuration has changed. Milliseconds. */
const TICK_MS = 500;
const RETRY_MS = { first: 250, most: 15_000 };

export interface SelfServeParts {
  /** The configuration as it is now; looked at again all the time. */
  readonly config: () => ProvisionerConfig;
  /** Writes through it are fenced by the lease. */
  readonly kube: KubeClient;
  /** HTTP password of the Gerrit account; read for every call. */
  readonly gerritPassword: () => string;
  readonly log: Logger;
  /** @default - the client of `config().ledgerUrl` with the mounted token */
  readonly ledger?: Pick<LedgerClient, 'configChanges'>;
}

/**
 * Starts self-serve: definitions in `refs/meta/config` make Projects. It acts only while `selfServe.enabled` is set and
 * Gerrit is configured; both may change meanwhile. Resolves to what stops it once the work under way is done.
 */
export function startSelfServe(parts: SelfServeParts): () => Promise<void> {
  const stopping = new AbortController();
  const running = run(parts, stopping.signal);
  return async () => {
    stopping.abort();
    await running;
  };
}

async function run(parts: SelfServeParts, signal: AbortSignal): Promise<void> {
  let retryMs = RETRY_MS.first;
  while (!signal.aborted) {
    const { selfServe, gerrit, ledgerUrl } = parts.config();
    if (!selfServe.enabled || gerrit === undefined || ledgerUrl === undefined) {
      await pause(TICK_MS, signal);
      continue;
    }
    try {
      await new Session(parts, gerrit, ledgerUrl).run(signal);
      retryMs = RETRY_MS.first;
    } catch (error) {
      parts.log.warn({ reason: messageOf(error), retryInMs: retryMs }, 'self-serve interrupted');
      await pause(retryMs, signal);
      retryMs = Math.min(retryMs * 2, RETRY_MS.most);
    }
  }
}

/** Self-serve against one Gerrit, for as long as the configuration names that one. */
class Session {
  private readonly ledger: Pick<LedgerClient, 'configChanges'>;
  private readonly http: GerritHttp;
  private readonly client: GerritClient;
  private readonly gerrit: Gerrit;
  private readonly projects: KubeProjects;
  /** Milliseconds since 1970. */
  private nextSweepAt = 0;

  constructor(
    private readonly parts: SelfServeParts,
    private readonly endpoint: GerritEndpoint,
    private readonly ledgerUrl: string,
  ) {
    const { httpUrl: baseUrl, account } = endpoint;
    const options = { baseUrl, account, password: parts.gerritPassword, connections: CONNECTIONS };
    this.http = new GerritHttp(options);
    this.client = new GerritClient(options);
    this.gerrit = gerritOf(this.http, this.client, endpoint);
    this.ledger = parts.ledger ?? new LedgerClient(ledgerUrl);
    this.projects = new KubeProjects(parts.kube, parts.log);
  }

  /** Runs until the signal fires or the configuration names another Gerrit, or none. */
  async run(outer: AbortSignal): Promise<void> {
    const { kube, log } = this.parts;
    const ending = new AbortController();
    const signal = AbortSignal.any([outer, ending.signal]);
    const records = await KubeRecords.load(kube);
    const controller = new SelfServeController({
      gerrit: this.gerrit,
      projects: this.projects,
      records,
      config: this.parts.config,
      log,
    });
    const queue = new WorkQueue({
      log,
      concurrency: CONCURRENCY,
      mostBackoffMs: MOST_BACKOFF_MS,
      work: (name) => controller.handle(name),
    });
    const synced = new AbortController();
    const following = this.projects.follow(signal, () => synced.abort());
    try {
      // Budgets count what is there: nothing is decided before that is known.
      await untilAborted(AbortSignal.any([synced.signal, signal]));
      await Promise.all([
        this.followLedger(queue, controller, signal),
        this.sweepForEver(queue, controller, records, signal).finally(() => ending.abort()),
      ]);
    } finally {
      ending.abort();
      await queue.stop();
      await following;
      await Promise.all([this.http.close(), this.client.close()]);
    }
  }

  /** The cursor is kept in memory only: what happened before it was there, the sweep that follows sees. */
  private async followLedger(queue: WorkQueue, controller: SelfServeController, signal: AbortSignal): Promise<void> {
    let after: number | undefined;
    let retryMs = RETRY_MS.first;
    while (!signal.aborted) {
      try {
        const { records, next } = await this.ledger.configChanges(after, WAIT_SECONDS, signal);
        if (after === undefined) {
          this.nextSweepAt = 0;
        }
        after = next;
        retryMs = RETRY_MS.first;
        for (const { project, revision, submitter } of records) {
          if (submitter !== undefined) {
            controller.note(project, { commit: revision, submitter });
          }
          queue.add(project);
        }
      } catch (error) {
        if (!signal.aborted) {
          this.parts.log.warn({ reason: messageOf(error), retryInMs: retryMs }, 'the ledger cannot be read');
          await pause(retryMs, signal);
          retryMs = Math.min(retryMs * 2, RETRY_MS.most);
        }
      }
    }
  }

  /** A sweep at the start, every `sweepMinutes`, and at once when the rules change. */
  private async sweepForEver(
    queue: WorkQueue,
    controller: SelfServeController,
    records: KubeRecords,
    signal: AbortSignal,
  ): Promise<void> {
    const rules = () => rulesOf(this.parts.config());
    let known = rules();
    while (!signal.aborted && this.isStill()) {
      const isOutdated = controller.forgetOutdated();
      if (rules() !== known || isOutdated) {
        known = rules();
        this.nextSweepAt = 0;
      }
      if (Date.now() >= this.nextSweepAt) {
        this.nextSweepAt = Date.now() + this.parts.config().selfServe.sweepMinutes * MINUTE_MS;
        if (!(await this.sweep(queue, controller, records))) {
          this.nextSweepAt = Math.min(this.nextSweepAt, Date.now() + RETRY_MS.most);
        }
      }
      await pause(TICK_MS, signal);
    }
  }

  /** Resolves to whether Gerrit told of all projects. */
  private async sweep(queue: WorkQueue, controller: SelfServeController, records: KubeRecords): Promise<boolean> {
    const { log } = this.parts;
    const rest = new Set(this.projects.ours());
    let all = 0;
    let news = 0;
    const look = (name: string) => {
      news += 1;
      // Behind what events ask for: at the start it is everything.
      queue.add(name, 'resync');
    };
    try {
      for await (const listed of this.gerrit.list()) {
        all += 1;
        rest.delete(listed.name);
        if (controller.isNews(listed)) {
          look(listed.name);
        }
      }
      // Not in the list: hidden, gone, or not for us to read; which of them it is, each is asked.
      rest.forEach(look);
      await records.expire(Date.now());
      metrics.sweeps.inc({ outcome: 'done' });
      metrics.swept.set({ what: 'listed' }, all);
      metrics.swept.set({ what: 'looked-at' }, news);
      log.info({ projects: all, news }, 'swept Gerrit for what events missed');
      return true;
    } catch (error) {
      metrics.sweeps.inc({ outcome: 'failed' });
      log.warn({ reason: messageOf(error) }, 'Gerrit could not be swept');
      return false;
    }
  }

  private isStill(): boolean {
    const { selfServe, gerrit, ledgerUrl } = this.parts.config();
    return (
      selfServe.enabled && ledgerUrl === this.ledgerUrl && JSON.stringify(gerrit) === JSON.stringify(this.endpoint)
    );
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });

function gerritOf(http: GerritHttp, gerrit: GerritClient, { httpUrl: baseUrl, canaryProject }: GerritEndpoint): Gerrit {
  const projects = new GerritProjects({ http, gerrit, baseUrl, canaryProject });
  const notices = new GerritNotices({ http, gerrit });
  return {
    list: () => projects.list(),
    look: (project, pipelines) => projects.look(project, pipelines),
    bringer: (project, commit, hint) => notices.bringer(project, commit, hint),
    tell: (project, refusal, who) => notices.tell(project, refusal, who),
    withdraw: (project) => notices.withdraw(project),
  };
}
