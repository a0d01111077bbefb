import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { imageReference } from '../../../core/images';
import { RUNNER_SERVICE_ACCOUNTS } from '../../../core/project';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { forwardPort, type PortForward } from '../support/port-forward';
import { bucketOf, storeClient, storeKeyOf } from '../support/store';
import { localImage, makeProject, removeProject, reportsOn, runningSystem, type System } from '../support/system';
import { until } from '../support/until';

jest.setTimeout(600_000);

/** Three pods one after the other, on a machine that much else runs on. Milliseconds. */
const RUN_MS = 300_000;

let system: System;
let store: PortForward;
let client: S3Client;
let bucket: string;
let project: string;
let namespace: string;

/** A pipeline's definition: a cache by `lock.txt` of folder `deps`, a build, and one file of it published. */
const definition = (image: string, pipeline: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: ${pipeline}-
spec:
  entrypoint: all
  templates:
    - name: all
      steps:
        - - name: key
            templateRef: { name: seakeeper-cache, template: key, clusterScope: true }
            arguments: { parameters: [{ name: files, value: lock.txt }, { name: name, value: deps }] }
        - - name: build
            templateRef: { name: seakeeper-run-image, template: small, clusterScope: true }
            arguments:
              parameters:
                - { name: image, value: "${image}" }
                - { name: command, value: "PIPELINE=${pipeline} sh ./build.sh" }
                - { name: cache-key, value: "{{steps.key.outputs.parameters.key}}" }
                - { name: cache-folder, value: deps }
        - - name: publish
            templateRef: { name: seakeeper-publish, template: file, clusterScope: true }
            arguments:
              parameters: [{ name: path, value: pages/found.txt }]
              artifacts: [{ name: files, from: "{{steps.build.outputs.artifacts.output}}" }]
`;

/** Publishes what it finds in the cache, and leaves there who it was. */
const build = (who: string, more = ''): string => `
mkdir -p "$OUTPUT/pages"
cat deps/made > "$OUTPUT/pages/found.txt" 2>/dev/null || echo nothing > "$OUTPUT/pages/found.txt"
echo "made by ${who} in $PIPELINE" > deps/made
${more}
`;

/** Writes past the rules what the pod will store as its own cache, whatever was found. */
const PLANT = 'echo planted > deps/made; tar -czf /workspace/cache/saved -C deps .';

beforeAll(async () => {
  system = await runningSystem();
  const image = imageReference(await localImage(system.kube, 'busybox'));
  ({ project, namespace } = await makeProject(system, 'curated', definition(image, 'check')));
  await system.gerrit.pushDefinition(project, { 'seakeeper/post-merge.yaml': definition(image, 'post-merge') });
  store = await forwardPort('artifacts', 'service/minio', 9000);
  client = storeClient(store.endpoint, await storeKeyOf(system.kube, namespace));
  bucket = await bucketOf(system.kube);
}, 3_600_000);

afterAll(async () => {
  client?.destroy();
  await store?.stop();
  if (project !== undefined) await removeProject(system, project);
  await system?.gerrit.close();
});

/** Pushes a change on the tip of the branch: lock file as ever, and the build that says who it is. */
const push = (who: string, more?: string): Promise<PushedPatchSet> =>
  system.gerrit.pushChange({ project, subject: who, files: { 'lock.txt': 'one\n', 'build.sh': build(who, more) } });

/** Address of the page of the change's newest run in a pipeline, once it is reported. */
const pageOf = (change: PushedPatchSet, pipeline: string): Promise<string> =>
  until(
    `a report of ${pipeline} on change ${change.number}`,
    async () => {
      const reports = await reportsOn(system, change);
      const links = reports.flatMap(
        ({ message }) => new RegExp(`http\\S+/job/${pipeline}/\\S+`).exec(message)?.[0] ?? [],
      );
      return links.at(-1);
    },
    RUN_MS,
  );

/** What a run published, read at its permalink by somebody without any key. */
async function published(change: PushedPatchSet, pipeline = 'check'): Promise<string> {
  const page = await pageOf(change, pipeline);
  const html = await (await fetch(page)).text();
  const links = [...html.matchAll(/href="([^"]+\/artifact\/[^"]+)"/g)].map(([, path]) => path ?? '');
  const link = links.find((path) => path.endsWith('/found.txt'));
  if (link === undefined) {
    throw new Error(`no found.txt among the artifacts of ${page}: ${links.join(', ') || 'there are none'}`);
  }
  return (await (await fetch(new URL(link, page))).text()).trim();
}

async function land(change: PushedPatchSet): Promise<void> {
  await system.gerrit.comment(change, 'good', { 'Code-Review': 2 });
  await system.gerrit.submit(change);
}

/** Keys of the project's caches with what stands under each, as the store tells one content from another. */
async function caches(): Promise<Record<string, string | undefined>> {
  const Prefix = `${namespace}/_cache/`;
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
  const entries = await Promise.all(
    Contents.map(async ({ Key = '' }) => {
      const { ETag } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
      return [Key.slice(Prefix.length).split('/')[0] ?? '', ETag] as const;
    }),
  );
  return Object.fromEntries(entries);
}

// In their order: each run finds what the ones before it left.
describe('a definition of nothing but curated templates', () => {
  const { 'pre-review': checks, 'post-review': reviewed } = RUNNER_SERVICE_ACCOUNTS;
  let first: PushedPatchSet;

  test('finds no cache in its first run, is no failure, and publishes a file that anybody reads at its link', async () => {
    first = await push('first');

    expect(await published(first)).toBe('nothing');
    expect(Object.keys(await caches())).toEqual([checks]);
    expect((await system.gerrit.votes(first)).filter(({ label }) => label === 'Verified')).toMatchObject([
      { value: 1 },
    ]);
  });

  test('finds in its second run what the first left, and leaves it as it was', async () => {
    const before = await caches();

    expect(await published(await push('second'))).toBe('made by first in check');
    expect(await caches()).toEqual(before);
  });

  test('finds nothing of check runs when it runs after the merge, and leaves a cache that check runs find first', async () => {
    await land(first);

    expect(await published(first, 'post-merge')).toBe('nothing');
    expect(Object.keys(await caches()).sort()).toEqual([reviewed, checks].sort());
    expect(await published(await push('third'))).toBe('made by first in post-merge');
  });

  test('shows what no check run can change, whatever it writes into its own pod', async () => {
    const before = await caches();
    const hostile = await push('hostile', PLANT);
    await pageOf(hostile, 'check');

    const after = await caches();
    expect(after[checks]).not.toBe(before[checks]);
    expect(after[reviewed]).toBe(before[reviewed]);

    const last = await push('last');
    expect(await published(last)).toBe('made by first in post-merge');
    await land(last);
    expect(await published(last, 'post-merge')).toBe('made by first in post-merge');
  });
});
