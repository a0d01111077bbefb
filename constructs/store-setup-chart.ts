import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { PriorityClass, ServiceAccounts } from '../core/access';
import { shortHash } from '../core/base32';
import { type Images, imageReference } from '../core/images';
import { Annotation } from '../core/labels';
import { STORE_PROJECTS_GROUP } from '../core/project';
import type { StoreConfig } from '../core/service-config';
import { containerSecurity, POD_SECURITY, resources } from './hardened';
import { commonLabels } from './metadata';
import { systemPlacementOf } from './system-placement';

/** Secrets of the artifact store, filled by Pulumi. */
export const StoreSecret = {
  /** Keys `user` and `password`: MinIO's root, used by the server and its set-up only. */
  root: 'store-root',
  /** Keys `admin-access-key`, `admin-secret-key`, `reader-access-key`, `reader-secret-key`. */
  accounts: 'store-accounts',
} as const;

const CONFIG = 'store-setup';

/** Properties for `StoreSetupChart`. */
export interface StoreSetupChartProps {
  readonly images: Images;
  readonly store: StoreConfig;
  /** Days an artifact is kept: by the bucket, for deleting a Workflow must not delete what a report links to. */
  readonly retentionDays: number;
}

/**
 * The Job that makes bucket, lifecycle, the projects' group with its policy, and the two accounts of the system: one that
 * makes users of that group and cannot read an object, one that reads objects and can do nothing else. Safe to run again.
 *
 * A chart of its own: nothing that is deployed needs to wait for it.
 */
export class StoreSetupChart extends Chart {
  constructor(scope: App, id: string, props: StoreSetupChartProps) {
    super(scope, id, { namespace: ServiceAccounts.storeSetup.namespace });

    const { name } = ServiceAccounts.storeSetup;
    const metadata = (own: string) => ({ name: own, labels: commonLabels(own) });
    new k8s.KubeServiceAccount(this, 'Account', { metadata: metadata(name), automountServiceAccountToken: false });
    const data = {
      'setup.sh': SETUP_SCRIPT,
      'lifecycle.json': JSON.stringify(lifecycle(props.retentionDays), null, 2),
      'admin.json': JSON.stringify(ADMIN_POLICY, null, 2),
      'projects.json': JSON.stringify(projectsPolicy(props.store.bucket), null, 2),
      'reader.json': JSON.stringify(readerPolicy(props.store.bucket), null, 2),
    };
    new k8s.KubeConfigMap(this, 'Config', { metadata: metadata(CONFIG), data });
    new k8s.KubeJob(this, 'Resource', {
      metadata: metadata(name),
      spec: {
        backoffLimit: 10,
        template: {
          metadata: {
            labels: commonLabels(name),
            // What is set up otherwise is set up again, by another Job: a Job's pods cannot change.
            annotations: { [Annotation.configHash]: shortHash(JSON.stringify(data), 16) },
          },
          spec: {
            restartPolicy: 'OnFailure',
            serviceAccountName: name,
            automountServiceAccountToken: false,
            priorityClassName: PriorityClass.system,
            ...systemPlacementOf(this),
            securityContext: POD_SECURITY,
            containers: [container(props)],
            volumes: [
              { name: 'config', configMap: { name: CONFIG } },
              { name: 'tmp', emptyDir: {} },
            ],
          },
        },
      },
    });
  }
}

function container({ images, store }: StoreSetupChartProps): k8s.Container {
  const secret = (variable: string, name: string, key: string): k8s.EnvVar => ({
    name: variable,
    valueFrom: { secretKeyRef: { name, key } },
  });
  return {
    name: 'setup',
    image: imageReference(images.mc),
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/sh', '/etc/store-setup/setup.sh'],
    env: [
      { name: 'STORE_URL', value: `${store.insecure ? 'http' : 'https'}://${store.endpoint}` },
      { name: 'BUCKET', value: store.bucket },
      { name: 'GROUP', value: STORE_PROJECTS_GROUP },
      { name: 'MC_CONFIG_DIR', value: '/tmp/mc' },
      secret('ROOT_USER', StoreSecret.root, 'user'),
      secret('ROOT_PASSWORD', StoreSecret.root, 'password'),
      secret('ADMIN_ACCESS_KEY', StoreSecret.accounts, 'admin-access-key'),
      secret('ADMIN_SECRET_KEY', StoreSecret.accounts, 'admin-secret-key'),
      secret('READER_ACCESS_KEY', StoreSecret.accounts, 'reader-access-key'),
      secret('READER_SECRET_KEY', StoreSecret.accounts, 'reader-secret-key'),
    ],
    resources: resources({ cpu: '10m', memory: '32Mi', memoryLimit: '256Mi' }),
    securityContext: containerSecurity(),
    volumeMounts: [
      { name: 'config', mountPath: '/etc/store-setup', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

const SETUP_SCRIPT = `
set -eu
mc --version
until mc alias set store "$STORE_URL" "$ROOT_USER" "$ROOT_PASSWORD" >/dev/null 2>/tmp/error; do
  echo "waiting for $STORE_URL: $(tail -n 1 /tmp/error)"
  sleep 1
done
mc mb --ignore-existing "store/$BUCKET"
mc ilm import "store/$BUCKET" < /etc/store-setup/lifecycle.json

# Accounts of the system belong to the root account: whoever may make users can give none of them another key.
account() { # access key, secret key, policy file
  mc admin user remove store "$1" >/dev/null 2>&1 || true # as earlier releases had it
  if mc --json admin accesskey info store "$1" 2>/dev/null | tr -d ' \\n' | grep -qF "\\"parentUser\\":\\"$ROOT_USER\\""; then
    mc admin accesskey edit store "$1" --secret-key "$2" --policy "$3" >/dev/null
  else
    # It may be there still, of a root account that had another name.
    mc admin accesskey remove store "$1" >/dev/null 2>&1 || true
    mc admin accesskey create store "$ROOT_USER" --access-key "$1" --secret-key "$2" --policy "$3" >/dev/null
  fi
}
account "$ADMIN_ACCESS_KEY" "$ADMIN_SECRET_KEY" /etc/store-setup/admin.json
account "$READER_ACCESS_KEY" "$READER_SECRET_KEY" /etc/store-setup/reader.json

# A group is made with its first member: one that nobody can be.
mc admin policy create store "$GROUP" /etc/store-setup/projects.json
mc admin user add store no-project "$(head -c 24 /dev/urandom | base64)" >/dev/null
mc admin user disable store no-project >/dev/null
mc admin group add store "$GROUP" no-project >/dev/null
if ! mc admin policy attach store "$GROUP" --group "$GROUP" >/tmp/attach 2>&1; then
  # Attached before: that is what was asked for.
  grep -q 'already in effect' /tmp/attach || { cat /tmp/attach >&2; exit 1; }
fi
echo 'the artifact store is set up'
`.trimStart();

function lifecycle(days: number) {
  return { Rules: [{ ID: 'retention', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: days } }] };
}

/**
 * Makes users, puts them into groups and reads who is in one, and the only group is the projects'. It attaches no policy
 * and reads no object, so whoever has its key can cut projects off from their own artifacts, and see none.
 */
const ADMIN_POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['admin:CreateUser', 'admin:DeleteUser', 'admin:AddUserToGroup', 'admin:GetGroup'] },
  ],
};

/**
 * The own prefix of the bucket and nothing beside it, for whoever is in the group: read, write, list. No delete: what a
 * report links to goes by the bucket's lifecycle only. The user's name is the namespace's.
 */
function projectsPolicy(bucket: string) {
  const own = `\${aws:username}`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OwnObjects',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
        Resource: [`arn:aws:s3:::${bucket}/${own}/*`],
      },
      {
        Sid: 'OwnListing',
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: [`arn:aws:s3:::${bucket}`],
        // The slash is part of it: without, `ci-a` would list what is `ci-ab`'s.
        Condition: { StringLike: { 's3:prefix': [`${own}/*`] } },
      },
      {
        Sid: 'WhereTheBucketIs',
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation'],
        Resource: [`arn:aws:s3:::${bucket}`],
      },
    ],
  };
}

function readerPolicy(bucket: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:ListBucket'],
        Resource: [`arn:aws:s3:::${bucket}`],
      },
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${bucket}/*`] },
    ],
  };
}
