import { imageReference } from '../../../core/images';
import { buildImages } from '../../../local/images/build-images';
import { describeToolchain } from '../../../local/toolchain/toolchain';
import { kubectl } from './kubectl';

/** A namespace with a pod that appends a line to its volume whenever it starts, and serves `ok` on port 8000. */
export interface VolumePod {
  readonly namespace: string;
  /** Runs a shell line in the pod. */
  sh(line: string): Promise<string>;
  waitUntilReady(): Promise<void>;
  /** Removes the namespace and waits until it is gone. */
  remove(): Promise<void>;
}

export async function makeVolumePod(namespace: string): Promise<VolumePod> {
  const { images } = await buildImages(describeToolchain());
  await kubectl(['apply', '--filename=-'], JSON.stringify(objects(namespace, imageReference(images.busybox))));
  const pod: VolumePod = {
    namespace,
    sh: (line) => kubectl(['exec', `--namespace=${namespace}`, 'deployment/server', '--', 'sh', '-c', line]),
    waitUntilReady: async () => {
      await kubectl(['rollout', 'status', `--namespace=${namespace}`, 'deployment/server', '--timeout=50s']);
    },
    remove: async () => {
      await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=50s']);
    },
  };
  await pod.waitUntilReady();
  return pod;
}

function objects(namespace: string, image: string): object {
  const metadata = { name: 'server', namespace };
  const labels = { app: 'server' };
  const script = 'echo started >> /data/starts; while true; do echo ok | nc -l -p 8000; done';
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata,
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              terminationGracePeriodSeconds: 1,
              containers: [
                {
                  name: 'server',
                  image,
                  command: ['sh', '-c', script],
                  volumeMounts: [{ name: 'data', mountPath: '/data' }],
                },
              ],
              volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'server' } }],
            },
          },
        },
      },
    ],
  };
}
