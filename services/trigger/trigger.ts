import { setTimeout as sleep } from 'node:timers/promises';
import type { EventReference } from '../../core/decision';
import { workflowPipelines } from '../../core/pipeline';
import type { TriggerConfig } from '../../core/service-config';
import { renderMissingGrants } from '../shared/decide-grants';
import { messageOf } from '../shared/errors';
import type { GerritClient } from '../shared/gerrit-client';
import { checkGrants } from '../shared/gerrit-grants';
import type { Readiness } from '../shared/health-server';
import type { KubeClient } from '../shared/kube-client';
import type { LedgerClient } from '../shared/ledger-client';
import type { Logger } from '../shared/log';
import { Admission } from './admission/admission';
import { followWorkflows } from './admission/follow-workflows';
import { KubeQuotas } from './admission/kube-quotas';
import { type Receipt, startCustomTriggerServer } from './custom-trigger-server';
import { DecisionQueue } from './decision-queue';
import { GerritChanges } from './gerrit-changes';
import { GerritDefinitions } from './gerrit-definitions';
import { GerritFilterFacts } from './gerrit-filter-facts';
import { KubeProjects } from './kube-projects';
import { KubeWorkflows } from './kube-workflows';
import type { Ledger } from './ports';
import { ProposalController } from './proposals/proposal-controller';
import { TriggerController } from './trigger-controller';

export interface TriggerCoreOptions {
  readonly config: TriggerConfig;
  readonly log: Logger;
  readonly readiness: Readiness;
  readonly signal: AbortSignal;
  readonly kube: Pick<KubeClient, 'create' | 'get' | 'list' | 'patch' | 'watch'>;
  readonly gerrit: Pick<
    GerritClient,
    'findChange' | 'findFile' | 'findTip' | 'findFiles' | 'findGroup' | 'findAccount' | 'groupsOf'
  >;
  readonly ledger: Ledger & Pick<LedgerClient, 'dryRun' | 'resend'>;
}

/** The trigger without its door. */
export interface TriggerCore {
  /** Takes durable receipt of what a message refers to. Rejects when the Sensor should try again. */
  readonly receive: (reference: EventReference) => Promise<Receipt>;
  /** Once the door is open: has the gateway send again what an earlier process of ours had receipt of. */
  readonly askAgain: () => void;
  /** Resolves when the decisions under way are made. */
  readonly stop: () => Promise<void>;
}

export interface TriggerOptions extends TriggerCoreOptions {
  readonly gerrit: GerritClient;
  /** `host:port` of the custom trigger contract; port 0 chooses one. */
  readonly address: string;
}

export interface RunningTrigger {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const RESEND_TRIES = 10;
const RESEND_WAIT_MS = 500;

/** Starts all parts of the trigger. Rejects when one cannot start. */
export async function startTrigger(options: TriggerOptions): Promise<RunningTrigger> {
  const { address, log } = options;
  const stopping = new AbortController();
  const core = startTriggerCore({ ...options, signal: AbortSignal.any([options.signal, stopping.signal]) });
  const server = await startCustomTriggerServer({ address, log, receive: core.receive });
  core.askAgain();
  const asides = sayMissingGrants(options);

  return {
    port: server.port,
    stop: async () => {
      stopping.abort();
      await server.stop();
      await Promise.all([core.stop(), asides]);
    },
  };
}

/** Starts what decides: it follows the cluster, keeps who waits and decides on what is received. */
export function startTriggerCore(options: TriggerCoreOptions): TriggerCore {
  const { config, log, readiness, signal, kube, gerrit, ledger } = options;
  readiness.waitFor('projects', 'the first list of Project objects is not complete');
  const projects = new KubeProjects(kube, log);
  const following = projects.follow(signal, () => readiness.has('projects'));

  const quotas = new KubeQuotas(kube);
  const admission = new Admission({
    config: config.admission,
    quotas,
    ledger,
    log,
    onTurn: (pair) => queue.wake(pair),
  });
  readiness.waitFor('workflows', 'the first list of Workflows is not complete');
  const followed = followWorkflows({
    kube,
    quotas,
    admission,
    log,
    signal,
    onSynced: () => readiness.has('workflows'),
  });

  const shared = {
    server: config.gerrit.name,
    fetchUrl: config.gerrit.fetchUrl,
    pools: config.pools,
    classPools: config.classPools,
    ledger,
    changes: new GerritChanges(gerrit),
    filterFacts: new GerritFilterFacts(gerrit),
    definitions: new GerritDefinitions(gerrit),
    projects,
    quotas,
    log,
  };
  const runs = new TriggerController({
    ...shared,
    pipelines: workflowPipelines(config.pipelines),
    workflows: new KubeWorkflows(kube),
    admission,
  });
  const proposals = new ProposalController({ ...shared, pipelines: config.pipelines });
  const queue = new DecisionQueue({
    log,
    decide: (pair, receivedAt) => (proposals.has(pair.pipeline) ? proposals : runs).handle(pair, receivedAt),
  });
  admission.start();
  let asking = Promise.resolve();

  return {
    receive: async ({ key, pipeline, project }) => {
      const isOurs = runs.has(pipeline) || proposals.has(pipeline);
      const receipt = isOurs ? await ledger.putReceipt(key, pipeline) : 'unknown';
      return receipt === 'received' ? queue.add({ key, pipeline, project }) : receipt;
    },
    askAgain: () => {
      asking = askAgain(ledger, log, signal);
    },
    stop: async () => {
      await Promise.all([queue.stop(), admission.stop(), followed.stop(), following, asking]);
    },
  };
}

/** What an earlier process of ours had receipt of is in no memory now: the gateway is asked to send it again at once. */
async function askAgain(ledger: Pick<LedgerClient, 'resend'>, log: Logger, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; attempt <= RESEND_TRIES && !signal.aborted; attempt++) {
    try {
      return await ledger.resend();
    } catch (error) {
      log.info({ reason: messageOf(error), attempt }, 'the gateway could not be asked to send again');
      await sleep(RESEND_WAIT_MS * attempt, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Says what Gerrit's administrators have still to grant, with the lines to paste. */
async function sayMissingGrants({ config, gerrit, log }: TriggerOptions): Promise<void> {
  const needs = { streamEvents: false, readConfig: true, votes: {} };
  try {
    const missing = await checkGrants(gerrit, config.gerrit, needs);
    if (missing.length > 0) {
      log.error({ missing: renderMissingGrants(missing) }, 'grants are missing in Gerrit');
    }
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'grants in Gerrit could not be checked');
  }
}
