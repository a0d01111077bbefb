import { GatewayConfig, Port } from '../../core/service-config';
import { GerritClient } from '../shared/gerrit-client';
import { KubeClient } from '../shared/kube-client';
import { readLedgerToken } from '../shared/ledger-client';
import { runService } from '../shared/run-service';
import { startGateway } from './gateway';
import { tokenReviewer } from './token-reviewer';

runService({
  name: 'gateway',
  schema: GatewayConfig,
  start: async ({ config, log, readiness, signal, secret }) => {
    const { gerrit: endpoint } = config;
    const gerrit = new GerritClient({
      baseUrl: endpoint.httpUrl,
      account: endpoint.account,
      password: () => secret('gerrit-http-password'),
    });
    const kube = KubeClient.fromEnvironment('gateway');
    const gateway = await startGateway({
      config,
      log,
      readiness,
      signal,
      gerrit,
      privateKey: () => secret('gerrit-ssh-key'),
      authenticate: tokenReviewer(kube),
      replica: { kube, ledgerToken: readLedgerToken },
      eventSourceAddress: `0.0.0.0:${Port.eventSource}`,
      ledgerAddress: { host: '0.0.0.0', port: Port.ledger },
    });
    return async () => {
      await gateway.stop();
      await gerrit.close();
    };
  },
});
