import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { ProjectNames, STORE_SECRET_KEYS } from '../core/project';
import type { StoreConfig } from '../core/service-config';
import { commonLabels } from './metadata';

const REPOSITORY = 'store';

/** Where Argo puts a pod's artifacts and logs: under the namespace's own prefix, which its store key is bound to. */
export const ARTIFACT_KEY_FORMAT = '{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}';

/** The namespace's default artifact repository, read by Argo under this ConfigMap's fixed name. */
export function artifactRepositories(scope: Construct, id: string, namespace: string, store: StoreConfig): void {
  const secret = (key: string) => ({ name: ProjectNames.storeSecret, key });
  new k8s.KubeConfigMap(scope, id, {
    metadata: {
      name: ProjectNames.artifactRepositories,
      namespace,
      labels: commonLabels(ProjectNames.artifactRepositories),
      annotations: { 'workflows.argoproj.io/default-artifact-repository': REPOSITORY },
    },
    data: {
      // JSON is YAML, and needs no printer of its own.
      [REPOSITORY]: JSON.stringify({
        archiveLogs: true,
        s3: {
          endpoint: store.endpoint,
          insecure: store.insecure,
          bucket: store.bucket,
          region: store.region,
          keyFormat: ARTIFACT_KEY_FORMAT,
          accessKeySecret: secret(STORE_SECRET_KEYS.accessKey),
          secretKeySecret: secret(STORE_SECRET_KEYS.secretKey),
        },
      }),
    },
  });
}
