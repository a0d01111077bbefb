import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { runCommand } from '../../../local/cluster/run-command';
import { demoDefinition, goodChange } from '../../../local/demo/demo-definition';
import { adminOverSsh } from '../../../local/gerrit/credentials';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { CLUSTER_ADDRESS } from '../../../local/gerrit/gerrit-options';
import { gerritSitePaths } from '../../../local/gerrit/gerrit-site';
import { generateKeyPair } from '../../../local/gerrit/key-pair';
import { CI_ACCOUNT } from '../../../local/gerrit/seed';
import { runOverSsh } from '../../../local/gerrit/ssh-command';
import { describeToolchain } from '../../../local/toolchain/toolchain';
import { kubectl } from '../support/kubectl';
import { forwardPort } from '../support/port-forward';
import { pulumi } from '../support/stack-copy';
import { setStackSecrets, stackSecrets, waitForMounted } from '../support/stack-secrets';
import { storeClient } from '../support/store';
import {
  localImage,
  makeProject,
  paths,
  removeProject,
  runningSystem,
  type System,
  waitForReports,
} from '../support/system';
import { until } from '../support/until';

// The steps are those of docs/how-to/rotate-secrets.md, in its order.
jest.setTimeout(600_000);

const GATEWAY = { namespace: 'gerrit-gateway', workload: 'pod/gateway-0' };
const TRIGGER = { namespace: 'gerrit-gateway', workload: 'deployment/trigger' };
const REPORTER = { namespace: 'gerrit-gateway', workload: 'deployment/reporter' };
const STATUS = { namespace: 'argo-ui', workload: 'deployment/status' };
const PROVISIONER = { namespace: 'seakeeper-system', workload: 'deployment/provisioner' };
const JOB = '**/Job/store-setup';
const ACCOUNT = `/accounts/${CI_ACCOUNT}`;

const Tokens = z.array(z.object({ id: z.string() }));
const NewToken = z.object({ id: z.string(), token: z.string() });
const SshKeys = z.array(z.object({ seq: z.int() }));
const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ uid: z.string() }),
      status: z.object({ containerStatuses: z.array(z.object({ restartCount: z.int() })) }),
    }),
  ),
});

let system: System;
let project: string;
const word = () => randomBytes(20).toString('hex');

beforeAll(async () => {
  system = await runningSystem();
  ({ project } = await makeProject(system, 'rotation', demoDefinition(await localImage(system.kube, 'busybox'))));
}, 3_600_000);

afterAll(async () => {
  if (project !== undefined) await removeProject(system, project);
  await system.gerrit.close();
});

const push = (subject: string) => system.gerrit.pushChange({ project, subject, files: goodChange(subject) });

/** The vote a change gets, and the page its report links to. */
async function outcomeOf(change: PushedPatchSet): Promise<{ votes: number[]; page: string }> {
  const [report] = await waitForReports(system, change);
  const votes = (await system.gerrit.votes(change)).map(({ value }) => value);
  return { votes, page: /(http\S+\/job\/\S+)/.exec(report?.message ?? '')?.[1] ?? 'no link' };
}

const shows = (page: string, line: string) =>
  until(`${page} shows '${line}'`, async () => (await (await fetch(page)).text()).includes(line));

/** Applies the Secrets, and of the rest what is named: a checkout that is ahead of the cluster must not come along. */
async function up(...more: readonly string[]): Promise<string> {
  const targets = ['**/Secret/*', ...more].flatMap((target) => ['--target', target]);
  const { code, output } = await pulumi(['up', '--yes', '--skip-preview', ...targets]);
  if (code !== 0) throw new Error(output);
  return output;
}

async function podsOf(...names: string[]): Promise<unknown> {
  const selector = `labelSelector=app.kubernetes.io/name in (${names.join(',')})`;
  const { items } = Pods.parse(await system.kube.get(encodeURI(`/api/v1/namespaces/gerrit-gateway/pods?${selector}`)));
  return items
    .map(({ metadata, status }) => `${metadata.uid} ${status.containerStatuses.map((each) => each.restartCount)}`)
    .sort();
}

const restart = async (namespace: string, workload: string) => {
  await kubectl(['rollout', 'restart', `--namespace=${namespace}`, workload]);
  await kubectl(['rollout', 'status', `--namespace=${namespace}`, workload, '--timeout=120s']);
};

test("the Gerrit account's HTTP password is rotated without a restart, and votes go on with the old one gone", async () => {
  const before = await podsOf('gateway', 'trigger', 'reporter');
  const old = Tokens.parse(await system.gerrit.rest('GET', `${ACCOUNT}/tokens`));
  const id = `rotated-${Date.now()}`;
  const { token } = NewToken.parse(await system.gerrit.rest('PUT', `${ACCOUNT}/tokens/${id}`, {}));

  await setStackSecrets({ gerritHttpPassword: token });
  const said = await up();
  await Promise.all([GATEWAY, TRIGGER, REPORTER].map((pod) => waitForMounted(pod, 'gerrit-http-password', token)));
  await Promise.all(old.map((each) => system.gerrit.rest('DELETE', `${ACCOUNT}/tokens/${each.id}`)));

  expect(said).not.toContain(token);
  expect(Tokens.parse(await system.gerrit.rest('GET', `${ACCOUNT}/tokens`))).toEqual([expect.objectContaining({ id })]);
  expect((await outcomeOf(await push('With the new password'))).votes).toEqual([1]);
  expect(await podsOf('gateway', 'trigger', 'reporter')).toEqual(before);
});

test("the Gerrit account's SSH key is rotated, and events stream with the old one gone", async () => {
  const old = SshKeys.parse(await system.gerrit.rest('GET', `${ACCOUNT}/sshkeys`));
  const pair = generateKeyPair(CI_ACCOUNT);
  const admin = await adminOverSsh(gerritSitePaths(paths.gerrit), CLUSTER_ADDRESS);
  await runOverSsh(admin, `gerrit set-account ${CI_ACCOUNT} --add-ssh-key '${pair.publicKey.trim()}'`);

  await setStackSecrets({ gerritSshKey: pair.privateKey });
  await up();
  await restart(GATEWAY.namespace, 'statefulset/gateway');
  await Promise.all(old.map(({ seq }) => system.gerrit.rest('DELETE', `${ACCOUNT}/sshkeys/${seq}`)));
  // The open stream would hide a key that does not work.
  await restart(GATEWAY.namespace, 'statefulset/gateway');

  expect((await outcomeOf(await push('With the new key'))).votes).toEqual([1]);
  const log = await kubectl(['logs', `--namespace=${GATEWAY.namespace}`, GATEWAY.workload]);
  expect(log).toContain('Gerrit streams events');
});

test('password and certificate of the bus are rotated, and a change pushed meanwhile is voted on once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-rotation-'));
  const names = ['nats', 'nats.gerrit-gateway', 'nats.gerrit-gateway.svc', 'nats.gerrit-gateway.svc.cluster.local'];
  const key = join(folder, 'nats.key');
  const certificate = join(folder, 'nats.crt');
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'];
  const subject = ['-subj', '/CN=nats', '-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`];
  await runCommand('openssl', [...request, ...subject, '-keyout', key, '-out', certificate]);
  await setStackSecrets({
    natsPassword: word(),
    natsTlsCert: readFileSync(certificate, 'utf8'),
    natsTlsKey: readFileSync(key, 'utf8'),
  });
  rmSync(folder, { recursive: true });

  await up();
  await restart('gerrit-gateway', 'statefulset/nats');
  const meanwhile = await push('While the bus changes');
  await kubectl(['delete', 'pod', '--namespace=gerrit-gateway', '--selector=eventsource-name=gerrit']);
  await kubectl(['delete', 'pod', '--namespace=gerrit-gateway', '--selector=sensor-name=gerrit-event-sensor']);

  expect((await outcomeOf(meanwhile)).votes).toEqual([1]);
  expect((await outcomeOf(await push('After the bus changed'))).votes).toEqual([1]);
  expect(await waitForReports(system, meanwhile)).toHaveLength(1);
});

describe("the artifact store's keys", () => {
  test('of the root user are rotated, and a run from before is still shown', async () => {
    const { page } = await outcomeOf(await push('Before the root key'));

    await setStackSecrets({ storeRootPassword: word() });
    await up();
    await restart('artifacts', 'statefulset/minio');

    await shows(page, 'Before the root key');
  });

  test('of provisioner and status pages are rotated, and the old ones are refused', async () => {
    const old = await stackSecrets();
    const { page } = await outcomeOf(await push('Before the other keys'));
    const changed = {
      storeAdminAccessKey: `provisioner-${randomBytes(4).toString('hex')}`,
      storeAdminSecretKey: word(),
      storeReaderAccessKey: `status-${randomBytes(4).toString('hex')}`,
      storeReaderSecretKey: word(),
    };

    await setStackSecrets(changed);
    await kubectl(['delete', 'job', 'store-setup', '--namespace=artifacts']);
    const refreshed = await pulumi(['refresh', '--yes', '--skip-preview', '--target', JOB]);
    expect(refreshed.code).toBe(0);
    await up(JOB);
    await kubectl(['wait', '--for=condition=complete', 'job/store-setup', '--namespace=artifacts', '--timeout=120s']);
    await Promise.all([
      waitForMounted(STATUS, 'store-reader-secret-key', changed.storeReaderSecretKey),
      waitForMounted(PROVISIONER, 'store-admin-secret-key', changed.storeAdminSecretKey),
    ]);
    await removeAccounts([old.storeAdminAccessKey, old.storeReaderAccessKey], old.storeReaderSecretKey);

    await shows(page, 'Before the other keys');
    const { project: made } = await makeProject(system, 'rotation-after');
    await removeProject(system, made);
    const { page: after } = await outcomeOf(await push('After the other keys'));
    await shows(after, 'After the other keys');
  });
});

/** Removes accounts of the store as root, and sees that the reader's old one is refused. */
async function removeAccounts(accounts: readonly string[], readerSecretKey: string): Promise<void> {
  const { storeRootUser, storeRootPassword } = await stackSecrets();
  const store = await forwardPort('artifacts', 'service/minio', 9000);
  try {
    const home = mkdtempSync(join(tmpdir(), 'seakeeper-mc-'));
    for (const account of accounts) {
      await runCommand('env', [
        `MC_HOST_store=http://${storeRootUser}:${storeRootPassword}@${store.endpoint}`,
        ...[describeToolchain().binary('mc'), '--config-dir', home, 'admin', 'accesskey', 'remove', 'store', account],
      ]);
    }
    rmSync(home, { recursive: true });
    const client = storeClient(store.endpoint, { accessKey: accounts.at(-1) ?? '', secretKey: readerSecretKey });
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'artifacts' }))).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
    });
    client.destroy();
  } finally {
    await store.stop();
  }
}
