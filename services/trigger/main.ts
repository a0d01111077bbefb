import { Port, TriggerConfig } from '../../core/service-config';
import { GerritClient } from '../shared/gerrit-client';
import { KubeClient } from '../shared/kube-client';
import { LedgerClient } from '../shared/ledger-client';
import { runService } from '../shared/run-service';
import { startTrigger } from './trigger';

/** Connections to Gerrit: a decision asks two things at once, and many decisions are made at once. */
const GERRIT_CONNECTIONS = 32;

runService({
  name: 'trigger',
  schema: TriggerConfig,
  async start({ config, log, readiness, secret, signal }) {
    const gerrit = new GerritClient({
      baseUrl: config.gerrit.httpUrl,
      account: config.gerrit.account,
      password: () => secret('gerrit-http-password'),
      connections: GERRIT_CONNECTIONS,
    });
    const trigger = await startTrigger({
      config,
      log,
      readiness,
      signal,
      gerrit,
      kube: KubeClient.fromEnvironment('trigger'),
      ledger: new LedgerClient(config.ledgerUrl),
      address: process.env['SEAKEEPER_TRIGGER_ADDRESS'] ?? `0.0.0.0:${Port.customTrigger}`,
    });
    return async () => {
      await trigger.stop();
      await gerrit.close();
    };
  },
});
