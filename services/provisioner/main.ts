import { ProvisionerConfig } from '../../core/service-config';
import { KubeClient } from '../shared/kube-client';
import { runService } from '../shared/run-service';
import { startProvisioner } from './provisioner';
import { MinioStore } from './store/minio-store';

/** Calls to the API server at once. More gain nothing there: its own etcd is the limit. */
const CONNECTIONS = 64;

runService({
  name: 'provisioner',
  schema: ProvisionerConfig,
  start: async ({ secret, ...context }) => {
    const store = new MinioStore(context.config.store, () => ({
      accessKey: secret('store-admin-access-key'),
      secretKey: secret('store-admin-secret-key'),
    }));
    const end = startProvisioner({
      ...context,
      store,
      gerritPassword: () => secret('gerrit-http-password'),
      kube: KubeClient.fromEnvironment('provisioner', { connections: CONNECTIONS }),
    });
    return async () => {
      await end();
      await store.close();
    };
  },
});
