import { Port, StatusConfig } from '../../core/service-config';
import { KubeClient } from '../shared/kube-client';
import { LedgerClient } from '../shared/ledger-client';
import { runService } from '../shared/run-service';
import { KubePublicCluster } from './kube-public-cluster';
import { RunReader } from './run-reader';
import { S3ArtifactStore } from './s3-artifact-store';
import { createStatusServer } from './status-server';
import { WhyReader } from './why-reader';

runService({
  name: 'status',
  schema: StatusConfig,
  async start({ config, log, readiness, secret, signal }) {
    const cluster = new KubePublicCluster(KubeClient.fromEnvironment('status'), log);
    const store = new S3ArtifactStore(config.store, () => ({
      accessKeyId: secret('store-reader-access-key'),
      secretAccessKey: secret('store-reader-secret-key'),
    }));
    readiness.waitFor('projects', 'the first list is not complete');
    const following = cluster.follow(signal, () => readiness.has('projects'));
    const why = new WhyReader({ cluster, histories: new LedgerClient(config.ledgerUrl), pipelines: config.pipelines });
    const server = createStatusServer({
      reader: new RunReader(cluster, store, why),
      why,
      pipelines: config.pipelines.map(({ name }) => name),
      gerritUrl: config.gerritUrl?.replace(/\/$/, ''),
      log,
    });
    await server.listen({ host: '0.0.0.0', port: Number(process.env['SEAKEEPER_STATUS_PORT'] ?? Port.status) });
    return async () => {
      await Promise.all([server.close(), following]);
      store.close();
    };
  },
});
