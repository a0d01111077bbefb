import { REPORTER_LEASE, ReporterConfig } from '../../core/service-config';
import { GerritClient } from '../shared/gerrit-client';
import { KubeClient } from '../shared/kube-client';
import { runAsLeader } from '../shared/leader-election/run-as-leader';
import { LedgerClient } from '../shared/ledger-client';
import { runService } from '../shared/run-service';
import { startReporter } from './reporter';

runService({
  name: 'reporter',
  schema: ReporterConfig,
  async start({ config, log, readiness, secret, signal }) {
    const gerrit = new GerritClient({
      baseUrl: config.gerrit.httpUrl,
      account: config.gerrit.account,
      password: () => secret('gerrit-http-password'),
    });
    const ledger = new LedgerClient(config.ledgerUrl);
    const leading = runAsLeader({
      kube: KubeClient.fromEnvironment('reporter'),
      log,
      readiness,
      signal,
      lease: REPORTER_LEASE,
      lead: async (kube, term, { fence }) =>
        startReporter({ config, log, readiness, gerrit, kube, ledger, fence, signal: term }),
    });
    return async () => {
      await leading();
      await gerrit.close();
    };
  },
});
