import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StoreKey } from '../../../../services/provisioner/namespaces/store-keys';
import { MinioAdmin } from '../../../../services/provisioner/store/minio-admin';
import { MinioStore } from '../../../../services/provisioner/store/minio-store';
import { type StoreFixture, setUpStore, startStore } from '../../support/store';

jest.setTimeout(60_000);

let store: StoreFixture;
let accounts: MinioStore;
const clients: S3Client[] = [];

beforeAll(async () => {
  store = await startStore();
  accounts = storeAs(store.admin);
}, 600_000);

afterAll(async () => {
  for (const client of clients) client.destroy();
  await accounts?.close();
  await store?.stop();
});

const place = () => ({ endpoint: store.endpoint, insecure: true, bucket: store.bucket, region: 'us-east-1' });
const storeAs = (key: StoreKey) => new MinioStore(place(), () => key);
const keyOf = (namespace: string, secretKey = `secret of ${namespace}`) => ({ accessKey: namespace, secretKey });

function as(key: StoreKey): S3Client {
  const client = store.client(key);
  clients.push(client);
  return client;
}

const put = (key: StoreKey, path: string) =>
  as(key).send(new PutObjectCommand({ Bucket: store.bucket, Key: path, Body: 'log' }));
const get = (key: StoreKey, path: string) => as(key).send(new GetObjectCommand({ Bucket: store.bucket, Key: path }));
const list = (key: StoreKey, prefix: string) =>
  as(key).send(new ListObjectsV2Command({ Bucket: store.bucket, Prefix: prefix }));

describe("a project's account", () => {
  test('opens its own prefix, and nothing beside it', async () => {
    const [one, other] = [keyOf('ci-one'), keyOf('ci-one-more')];
    await Promise.all([accounts.ensure('ci-one', one), accounts.ensure('ci-one-more', other)]);

    await put(one, 'ci-one/run/log');
    await put(other, 'ci-one-more/run/log');
    await expect(get(one, 'ci-one/run/log')).resolves.toBeDefined();
    expect((await list(one, 'ci-one/')).KeyCount).toBe(1);

    await expect(get(one, 'ci-one-more/run/log')).rejects.toThrow(/Access Denied/);
    await expect(put(one, 'ci-one-more/run/log')).rejects.toThrow(/Access Denied/);
    await expect(list(one, 'ci-one')).rejects.toThrow(/Access Denied/);
    await expect(list(one, '')).rejects.toThrow(/Access Denied/);
  });

  test('is made twice without harm, and its old key opens nothing once it has another', async () => {
    const [before, after] = [keyOf('ci-rotated', 'first secret'), keyOf('ci-rotated', 'second secret')];
    await accounts.ensure('ci-rotated', before);
    await accounts.ensure('ci-rotated', before);
    await put(before, 'ci-rotated/log');

    await accounts.ensure('ci-rotated', after);

    await expect(get(after, 'ci-rotated/log')).resolves.toBeDefined();
    await expect(get(before, 'ci-rotated/log')).rejects.toThrow(/signature/i);
  });

  test('is gone once it is removed, also when it was not there', async () => {
    const key = keyOf('ci-gone');
    await accounts.ensure('ci-gone', key);
    await accounts.remove('ci-gone');
    await accounts.remove('ci-gone');
    await expect(list(key, 'ci-gone/')).rejects.toThrow(/Access Key Id/);
  });

  test('has the name of its namespace, or none is made', async () => {
    await expect(accounts.ensure('ci-a', keyOf('ci-b'))).rejects.toThrow("access key 'ci-b' is not namespace 'ci-a'");
  });

  test('is known by its namespace as long as it is there', async () => {
    await Promise.all(['ci-here', 'ci-left'].map((namespace) => accounts.ensure(namespace, keyOf(namespace))));
    await accounts.remove('ci-left');

    const namespaces = await accounts.namespaces();

    expect(namespaces.has('ci-here')).toBe(true);
    expect(namespaces.has('ci-left')).toBe(false);
  });

  test('is made for hundreds of projects in seconds', async () => {
    const namespaces = Array.from({ length: 300 }, (_, index) => `ci-many-${index}`);
    await Promise.all(namespaces.map((namespace) => accounts.ensure(namespace, keyOf(namespace))));
    await put(keyOf('ci-many-299'), 'ci-many-299/log');
  });
});

describe('the account that makes them', () => {
  test('reads no object and lists no bucket', async () => {
    await put(await made('ci-secretive'), 'ci-secretive/log');
    await expect(get(store.admin, 'ci-secretive/log')).rejects.toThrow(/Access Denied/);
    await expect(list(store.admin, '')).rejects.toThrow(/Access Denied/);
  });

  test('can give itself and the other accounts of the system no other key or right', async () => {
    const admin = new MinioAdmin({ ...place(), key: () => store.admin });
    const stolen = 'a key the thief knows';
    for (const { accessKey } of [store.reader, store.admin, store.root]) {
      await expect(admin.putUser({ accessKey, secretKey: stolen })).rejects.toThrow(/artifact store, \/add-user: 4/);
      await expect(admin.addToGroup('seakeeper-projects', [accessKey])).rejects.toThrow(/update-group-members: 4/);
    }
    // A group of its own making has no policy, so its members may do nothing.
    await admin.putUser({ accessKey: 'thief', secretKey: stolen });
    await admin.addToGroup('consoleAdmin', ['thief']);
    await expect(list({ accessKey: 'thief', secretKey: stolen }, '')).rejects.toThrow(/Access Denied/);
    await admin.close();
  });
});

test('the account of the pages reads every object, and writes none', async () => {
  await put(await made('ci-read'), 'ci-read/log');
  await expect(get(store.reader, 'ci-read/log')).resolves.toBeDefined();
  await expect(put(store.reader, 'ci-read/log')).rejects.toThrow(/Access Denied/);
});

test('a store that refuses says so in one line without the key', async () => {
  const wrong = storeAs({ accessKey: store.admin.accessKey, secretKey: 'not the key at all' });
  const refusal = await wrong.ensure('ci-x', keyOf('ci-x')).then(
    () => '',
    (error: Error) => error.message,
  );
  await wrong.close();
  expect(refusal).toMatch(/^artifact store, \/add-user: 403 SignatureDoesNotMatch: /);
  expect(refusal).not.toMatch(/not the key at all|secret of/);
});

describe('the set-up', () => {
  async function again(changed: Partial<Pick<StoreFixture, 'root' | 'reader'>>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'seakeeper-setup-'));
    try {
      await setUpStore({ ...store, ...changed }, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  test('runs again without harm, and gives the accounts of the system new keys', async () => {
    const project = await made('ci-stays');
    const reader = { ...store.reader, secretKey: 'another key of the reader' };

    await again({ reader });

    await expect(list(reader, '')).resolves.toBeDefined();
    await expect(list(store.reader, '')).rejects.toThrow(/signature/i);
    await put(project, 'ci-stays/log');
  });

  test('gives the accounts of the system back their rights under a root account of another name', async () => {
    const root = { accessKey: 'another-root', secretKey: 'its own password' };
    await store.restartAs(root);

    await again({ root });

    await put(await made('ci-under-another-root'), 'ci-under-another-root/log');
    await expect(list(store.reader, '')).resolves.toBeDefined();
  });
});

async function made(namespace: string): Promise<StoreKey> {
  const key = keyOf(namespace);
  await accounts.ensure(namespace, key);
  return key;
}
