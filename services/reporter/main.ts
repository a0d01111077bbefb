import { ReporterConfig } from '../../core/service-config';
import { GerritClient } from '../shared/gerrit-client';
import { KubeClient } from '../shared/kube-client';
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
    const stop = startReporter({
      config,
      log,
      readiness,
      signal,
      gerrit,
      kube: KubeClient.fromEnvironment('reporter'),
      ledger: new LedgerClient(config.ledgerUrl),
    });
    return async () => {
      await stop();
      await gerrit.close();
    };
  },
});
