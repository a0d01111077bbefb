/**
 * The provisioner as the image runs it, but for what a control plane without nodes has to say: no artifact store unless
 * there is one, and times of the lease and of full lists that a test can wait for.
 */
import { ProvisionerConfig } from '../../core/service-config';
import { startProvisioner } from '../../services/provisioner/provisioner';
import { MinioStore } from '../../services/provisioner/store/minio-store';
import { KubeClient } from '../../services/shared/kube-client';
import { runService } from '../../services/shared/run-service';
import { NoStore } from './no-store';

const CONNECTIONS = 64;

const numberOf = (name: string): number | undefined => {
  const text = process.env[name];
  return text === undefined ? undefined : Number(text);
};

runService({
  name: 'provisioner',
  schema: ProvisionerConfig,
  start: async ({ secret, ...context }) => {
    const endpoint = process.env['STORE_ENDPOINT'];
    const store =
      endpoint === undefined
        ? undefined
        : new MinioStore({ ...context.config.store, endpoint, insecure: true }, () => ({
            accessKey: secret('store-admin-access-key'),
            secretKey: secret('store-admin-secret-key'),
          }));
    const relistMs = numberOf('RELIST_MS');
    const leaseMs = numberOf('LEASE_MS');
    const end = startProvisioner({
      ...context,
      store: store ?? new NoStore(),
      kube: KubeClient.fromEnvironment('provisioner', { connections: numberOf('CONNECTIONS') ?? CONNECTIONS }),
      ...(relistMs === undefined ? {} : { relistMs }),
      // In the proportions of the timings that are the default.
      ...(leaseMs === undefined
        ? {}
        : { lease: { leaseMs, renewWithinMs: Math.round((leaseMs * 2) / 3), retryMs: Math.round(leaseMs / 7.5) } }),
    });
    return async () => {
      await end();
      await store?.close();
    };
  },
});
