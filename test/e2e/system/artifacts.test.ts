import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { runPath } from '../../../core/permalink';
import { demoDefinition, goodChange } from '../../../local/demo/demo-definition';
import { forwardPort, type PortForward } from '../support/port-forward';
import { bucketOf, storeClient, storeKeyOf } from '../support/store';
import {
  finishedRuns,
  localImage,
  makeProject,
  removeProject,
  runningSystem,
  type System,
  waitForReports,
} from '../support/system';

jest.setTimeout(300_000);

const LINE = `kept since ${Date.now()}`;
const DENIED = { name: 'AccessDenied' };

let system: System;
let store: PortForward;
let bucket: string;
let writer: { project: string; namespace: string; client: S3Client };
let neighbour: typeof writer;
/** Key of the artifact that the writer's run left. */
let key: string;
let page: string;

beforeAll(async () => {
  system = await runningSystem();
  const definition = demoDefinition(await localImage(system.kube, 'busybox'));
  store = await forwardPort('artifacts', 'service/minio', 9000);
  const withKey = async (made: { project: string; namespace: string }) => ({
    ...made,
    client: storeClient(store.endpoint, await storeKeyOf(system.kube, made.namespace)),
  });
  [writer, neighbour] = await Promise.all([
    makeProject(system, 'artifacts-writer', definition).then(withKey),
    makeProject(system, 'artifacts-neighbour').then(withKey),
  ]);
  bucket = await bucketOf(system.kube);

  const change = await system.gerrit.pushChange({
    project: writer.project,
    subject: 'Leaves a report',
    files: goodChange(LINE),
  });
  const [report] = await waitForReports(system, change);
  page = /(http\S+\/job\/\S+)/.exec(report?.message ?? '')?.[1] ?? 'no link';
  const [run] = await finishedRuns(system, change);
  key =
    Object.values(run?.status.nodes ?? {})
      .flatMap(({ outputs }) => outputs?.artifacts ?? [])
      .find(({ name }) => name === 'output')?.s3?.key ?? 'no artifact';
}, 3_600_000);

afterAll(async () => {
  writer?.client.destroy();
  neighbour?.client.destroy();
  await store?.stop();
  await Promise.all([writer, neighbour].map((made) => made && removeProject(system, made.project)));
  await system?.gerrit.close();
});

const list = async (client: S3Client, prefix: string): Promise<string[]> =>
  ((await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))).Contents ?? []).map(
    (object) => object.Key ?? '',
  );
const read = async (client: S3Client, objectKey: string): Promise<Buffer> => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};
const put = (client: S3Client, objectKey: string) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key: objectKey, Body: 'foreign' }));

describe('an artifact that a step wrote', () => {
  test("is in the bucket below its project's own prefix, with the logs, and the project's key reads it", async () => {
    const keys = await list(writer.client, `${writer.namespace}/`);

    expect(key).toMatch(new RegExp(`^${writer.namespace}/[^/]+/[^/]+/output\\.tgz$`));
    expect(keys).toContain(key);
    expect(keys.filter((each) => each.endsWith('/main.log'))).toHaveLength(2);
    expect(gunzipSync(await read(writer.client, key)).toString()).toContain(LINE);
  });

  test("is neither read, nor listed, nor written beside, with another project's key", async () => {
    await expect(read(neighbour.client, key)).rejects.toMatchObject(DENIED);
    await expect(list(neighbour.client, `${writer.namespace}/`)).rejects.toMatchObject(DENIED);
    await expect(put(neighbour.client, `${writer.namespace}/planted`)).rejects.toMatchObject(DENIED);
    await expect(put(neighbour.client, key)).rejects.toMatchObject(DENIED);
    expect(await list(neighbour.client, `${neighbour.namespace}/`)).toEqual([]);
  });

  test.each([
    ['the whole bucket', () => ''],
    ['all projects', () => 'ci-'],
    ['what begins like its own prefix', () => writer.namespace],
    ["another project's prefix", () => `${neighbour.namespace}/`],
  ])("does not let the project's key list %s", async (_what, prefix) => {
    await expect(list(writer.client, prefix())).rejects.toMatchObject(DENIED);
  });

  test("comes whole from the link on the run's page, as a download, to somebody without any key", async () => {
    const html = await (await fetch(page)).text();
    const links = [...html.matchAll(/href="([^"]+\/artifact\/[^"]+)"/g)].map(([, path]) => path ?? '');
    const link = links.find((path) => path.endsWith('/output.tgz')) ?? 'no link';

    const download = await fetch(new URL(link, page));

    expect(link).toContain(
      runPath({ pipeline: 'check', namespace: writer.namespace, workflow: key.split('/')[1] ?? '' }),
    );
    expect(download.headers.get('content-disposition')).toMatch(/^attachment;.*output\.tgz/);
    expect(Buffer.from(await download.arrayBuffer())).toEqual(await read(writer.client, key));
  });
});
