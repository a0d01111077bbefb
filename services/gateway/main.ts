import { GatewayConfig, Port } from '../../core/service-config';
import { GerritClient } from '../shared/gerrit-client';
import { GerritHttp } from '../shared/gerrit-http';
import { KubeClient } from '../shared/kube-client';
import { readLedgerToken } from '../shared/ledger-client';
import { runService } from '../shared/run-service';
import { EventsLogClient } from './events-log/events-log-client';
import { startGateway } from './gateway';
import { BranchTips } from './refs/branch-tips';
import { planFollowedRefs } from './refs/plan-followed-refs';
import { tokenReviewer } from './token-reviewer';

/** A slice of a busy server is megabytes out of a database. */
const EVENTS_LOG_DEADLINE_MS = 60_000;

runService({
  name: 'gateway',
  schema: GatewayConfig,
  start: async ({ config, log, readiness, signal, secret }) => {
    const { gerrit: endpoint } = config;
    const access = {
      baseUrl: endpoint.httpUrl,
      account: endpoint.account,
      password: () => secret('gerrit-http-password'),
    };
    const gerrit = new GerritClient(access);
    // A connection of its own: a plug-in that is slow holds up nobody.
    const http = new GerritHttp({ ...access, connections: 1, deadlineMs: EVENTS_LOG_DEADLINE_MS });
    const kube = KubeClient.fromEnvironment('gateway');
    const gateway = await startGateway({
      config,
      log,
      readiness,
      signal,
      gerrit,
      recovery: {
        logged: endpoint.eventsLog && new EventsLogClient({ http, ...endpoint.eventsLog }),
        tips: new BranchTips(http, planFollowedRefs(config.pipelines)),
      },
      privateKey: () => secret('gerrit-ssh-key'),
      authenticate: tokenReviewer(kube),
      replica: { kube, ledgerToken: readLedgerToken },
      eventSourceAddress: process.env['SEAKEEPER_EVENT_SOURCE_ADDRESS'] ?? `0.0.0.0:${Port.eventSource}`,
      ledgerAddress: { host: '0.0.0.0', port: Number(process.env['SEAKEEPER_LEDGER_PORT'] ?? Port.ledger) },
    });
    return async () => {
      await gateway.stop();
      await Promise.all([gerrit.close(), http.close()]);
    };
  },
});
