import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { App } from 'cdk8s';
import { z } from 'zod';
import { StoreSetupChart } from '../../../constructs/store-setup-chart';
import { ProjectNames, STORE_PROJECTS_GROUP, STORE_SECRET_KEYS } from '../../../core/project';
import { StoreConfig } from '../../../core/service-config';
import { freeAddress } from '../../../local/gerrit/free-address';
import { ensureToolchain } from '../../../local/toolchain/toolchain';
import type { StoreKey } from '../../../services/provisioner/namespaces/store-keys';
import type { KubeClient } from '../../../services/shared/kube-client';
import { IMAGES } from '../../constructs/fixtures';

/** A real artifact store on loopback with one bucket, in a folder of its own. */
export interface StoreFixture {
  /** host:port. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly root: StoreKey;
  /** The account that makes projects' users, as the set-up makes it. */
  readonly admin: StoreKey;
  /** The account that reads objects. */
  readonly reader: StoreKey;
  /** Path of the `mc` binary. */
  readonly mc: string;
  /** An S3 client that acts with a key. */
  client(key: StoreKey): S3Client;
  /** Starts it again, with another root account: the old one's keys are refused from then on. */
  restartAs(root: StoreKey): Promise<void>;
  stop(): Promise<void>;
}

const SetupFiles = z.object({ kind: z.literal('ConfigMap'), data: z.record(z.string(), z.string()) });
const Data = z.object({ data: z.record(z.string(), z.string()) });

/** An S3 client that acts with a key, at host:port, without TLS; what is refused is refused at once. */
export function storeClient(endpoint: string, { accessKey, secretKey }: StoreKey): S3Client {
  return new S3Client({
    endpoint: `http://${endpoint}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    maxAttempts: 1,
  });
}

/** A project's own key, from the Secret of its namespace. */
export async function storeKeyOf(kube: KubeClient, namespace: string): Promise<StoreKey> {
  const { data } = Data.parse(await kube.get(`/api/v1/namespaces/${namespace}/secrets/${ProjectNames.storeSecret}`));
  const decode = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString();
  return { accessKey: decode(STORE_SECRET_KEYS.accessKey), secretKey: decode(STORE_SECRET_KEYS.secretKey) };
}

/** The bucket of the system that runs, as the status pages are told it. */
export async function bucketOf(kube: KubeClient): Promise<string> {
  const { data } = Data.parse(await kube.get('/api/v1/namespaces/argo-ui/configmaps/status-config'));
  return z.object({ store: StoreConfig }).parse(JSON.parse(data['config.json'] ?? '{}')).store.bucket;
}

/** Runs the set-up that the chart runs in its Job. Safe to run again. */
export async function setUpStore(
  store: Omit<StoreFixture, 'client' | 'restartAs' | 'stop'>,
  folder: string,
): Promise<void> {
  const place = { endpoint: store.endpoint, insecure: true, bucket: store.bucket, region: 'us-east-1' };
  const chart = new StoreSetupChart(new App(), 'setup', { images: IMAGES, store: place, retentionDays: 30 });
  const files = chart.toJson().flatMap((object) => SetupFiles.safeParse(object).data ?? []);
  const setup = join(folder, 'setup');
  await mkdir(setup, { recursive: true });
  for (const [name, text] of files.flatMap(({ data }) => Object.entries(data))) {
    await writeFile(join(setup, name), text.replaceAll(/\/etc\/store-setup|\/tmp(?=\/)/g, setup));
  }
  await promisify(execFile)('sh', [join(setup, 'setup.sh')], {
    env: {
      PATH: `${dirname(store.mc)}:${process.env['PATH']}`,
      HOME: folder,
      MC_CONFIG_DIR: join(folder, 'mc'),
      STORE_URL: `http://${store.endpoint}`,
      BUCKET: store.bucket,
      GROUP: STORE_PROJECTS_GROUP,
      ROOT_USER: store.root.accessKey,
      ROOT_PASSWORD: store.root.secretKey,
      ADMIN_ACCESS_KEY: store.admin.accessKey,
      ADMIN_SECRET_KEY: store.admin.secretKey,
      READER_ACCESS_KEY: store.reader.accessKey,
      READER_SECRET_KEY: store.reader.secretKey,
    },
  });
}

/** Starts the store, sets it up and waits until it answers. */
export async function startStore(): Promise<StoreFixture> {
  const toolchain = await ensureToolchain(['minio', 'mc']);
  const folder = await mkdtemp(join(tmpdir(), 'seakeeper-store-'));
  const { host, httpPort } = await freeAddress();
  const endpoint = `${host}:${httpPort}`;
  const root = { accessKey: 'root', secretKey: randomBytes(16).toString('hex') };
  const start = ({ accessKey, secretKey }: StoreKey) =>
    spawn(toolchain.binary('minio'), ['server', '--quiet', '--address', endpoint, join(folder, 'data')], {
      env: { MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secretKey, HOME: folder },
      stdio: 'ignore',
    });
  let server = start(root);
  const end = async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
  };
  const key = (accessKey: string) => ({ accessKey, secretKey: randomBytes(16).toString('hex') });
  const store: StoreFixture = {
    endpoint,
    bucket: 'artifacts',
    root,
    admin: key('provisioner'),
    reader: key('status'),
    mc: toolchain.binary('mc'),
    client: (as: StoreKey) => storeClient(endpoint, as),
    restartAs: async (another) => {
      await end();
      server = start(another);
    },
    stop: async () => {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await setUpStore(store, folder);
  } catch (error) {
    await store.stop();
    throw error;
  }
  return store;
}
