import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { imageReference } from '../../../core/images';
import { STORE_PROJECTS_GROUP } from '../../../core/project';
import { namespaceForProject } from '../../../core/project-name';
import { runCommand } from '../../../local/cluster/run-command';
import { demoDefinition, goodChange } from '../../../local/demo/demo-definition';
import { PROJECT_FOLDER } from '../../../local/pulumi/local-stack';
import { describeToolchain } from '../../../local/toolchain/toolchain';
import { forgetWhoIsInStep, startGateway, stopGateway } from '../support/gateway';
import { kubectl } from '../support/kubectl';
import { openLedger } from '../support/ledger';
import { forwardPort } from '../support/port-forward';
import { pulumi } from '../support/stack-copy';
import { stackSecrets } from '../support/stack-secrets';
import {
  localImage,
  makeProject,
  paths,
  removeProject,
  reportsOn,
  runningSystem,
  type System,
  waitForReports,
  workflowsOf,
} from '../support/system';
import { until } from '../support/until';

// The steps are those of docs/how-to/restore-from-backup.md, in its order.
jest.setTimeout(900_000);

const run = promisify(execFile);
const JOB = '**/Job/store-setup';
const MINIO = ['--namespace=artifacts', 'statefulset/minio'];
const MOST_BYTES = 512 * 1024 * 1024;

let system: System;
let project: string;
let busybox: string;
let folder: string;

beforeAll(async () => {
  system = await runningSystem();
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-restore-'));
  const image = await localImage(system.kube, 'busybox');
  busybox = imageReference(image);
  ({ project } = await makeProject(system, 'restore', demoDefinition(image)));
}, 3_600_000);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (project !== undefined) await removeProject(system, project);
  await system.gerrit.close();
});

const push = (subject: string) => system.gerrit.pushChange({ project, subject, files: goodChange(subject) });
const scale = (workload: readonly string[], replicas: number) =>
  kubectl(['scale', ...workload, `--replicas=${replicas}`]);
const isThere = (workload: readonly string[]) => kubectl(['rollout', 'status', ...workload, '--timeout=120s']);

/** Runs a command in the page's own pod beside a claim, with bytes in and out. */
async function beside(
  { namespace, claim }: { namespace: string; claim: string },
  command: readonly string[],
  input?: Buffer,
): Promise<Buffer> {
  const manifest = readFileSync(join(PROJECT_FOLDER, 'docs', 'how-to', 'volume-copy.yaml'), 'utf8');
  const filled = manifest.replaceAll('CLAIM', claim).replaceAll('IMAGE', busybox);
  const own = `--namespace=${namespace}`;
  await kubectl(['apply', own, '--filename=-'], filled);
  try {
    await kubectl(['wait', own, '--for=condition=Ready', 'pod/volume-copy', '--timeout=50s']);
    const args = [`--kubeconfig=${paths.adminKubeconfig}`, 'exec', own, '--stdin', 'volume-copy', '--', ...command];
    const started = run(describeToolchain().binary('kubectl'), args, { encoding: 'buffer', maxBuffer: MOST_BYTES });
    started.child.stdin?.end(input ?? '');
    return (await started).stdout;
  } finally {
    await kubectl(['delete', own, 'pod/volume-copy', '--grace-period=1', '--timeout=50s']);
  }
}

/** Throws a StatefulSet's volume away and lets it have an empty one. */
async function losePvc(workload: readonly string[], namespace: string, claim: string): Promise<void> {
  await scale(workload, 0);
  await kubectl(['delete', 'pvc', claim, `--namespace=${namespace}`, '--timeout=100s']);
  await scale(workload, 1);
}

test('a ledger brought back from a copy knows what was decided, and what came after the copy is neither lost nor run twice', async () => {
  const claim = { namespace: 'gerrit-gateway', claim: 'claim-gateway-0' };
  const before = await push('Before the copy');
  await waitForReports(system, before);
  const copy = await beside(claim, ['sh', '-c', 'cd /volume && tar -cf - ledger/*.ledger']);
  const after = await push('After the copy');
  await waitForReports(system, after);

  await stopGateway();
  await kubectl(['delete', 'pvc', claim.claim, 'claim-gateway-1', `--namespace=${claim.namespace}`, '--timeout=100s']);
  await startGateway(1);
  await stopGateway();
  await beside(claim, ['sh', '-c', 'rm -rf /volume/ledger && tar -xf - -C /volume'], copy);
  await forgetWhoIsInStep();
  const meanwhile = await push('While the gateway is away');
  await startGateway();

  await waitForReports(system, meanwhile);
  const ledger = await openLedger();
  for (const change of [before, after, meanwhile]) {
    expect(await ledger.decisionsOn(change)).toMatchObject([{ kind: 'spawned' }]);
    expect(await workflowsOf(system, change)).toHaveLength(1);
    expect(await reportsOn(system, change)).toHaveLength(1);
  }
  await ledger.close();
});

test('a store brought back from a mirror shows the runs from before, and takes artifacts of new ones', async () => {
  const before = await pageOf('Kept in the mirror');
  const mirror = join(folder, 'mirror');
  const secrets = await stackSecrets();
  await mc({ user: secrets.storeReaderAccessKey, secret: secrets.storeReaderSecretKey }, [
    ...['mirror', '--quiet', 'store/artifacts', mirror],
  ]);

  await losePvc(MINIO, 'artifacts', 'claim-minio-0');
  await isThere(MINIO);
  await kubectl(['delete', 'job', 'store-setup', '--namespace=artifacts']);
  expect((await pulumi(['refresh', '--yes', '--skip-preview', '--target', JOB])).code).toBe(0);
  expect((await pulumi(['up', '--yes', '--skip-preview', '--target', JOB])).code).toBe(0);
  await kubectl(['wait', '--for=condition=complete', 'job/store-setup', '--namespace=artifacts', '--timeout=120s']);
  const root = { user: secrets.storeRootUser, secret: secrets.storeRootPassword };
  await until('the provisioner has made the accounts of the projects again', async () =>
    (await mc(root, ['admin', 'group', 'info', 'store', STORE_PROJECTS_GROUP])).includes(namespaceForProject(project)),
  );
  await mc(root, ['mirror', '--quiet', mirror, 'store/artifacts']);

  await shows(before, 'Kept in the mirror');
  await shows(await pageOf('After the store came back'), 'After the store came back');
});

/** The page of a run that printed a line, once it shows it. */
async function pageOf(line: string): Promise<string> {
  const [report] = await waitForReports(system, await push(line));
  const page = /(http\S+\/job\/\S+)/.exec(report?.message ?? '')?.[1] ?? 'no link';
  await shows(page, line);
  return page;
}

const shows = (page: string, line: string) =>
  until(`${page} shows '${line}'`, async () => (await (await fetch(page)).text()).includes(line));

async function mc({ user, secret }: { user: string; secret: string }, args: readonly string[]): Promise<string> {
  const store = await forwardPort('artifacts', 'service/minio', 9000);
  try {
    const alias = `MC_HOST_store=http://${user}:${secret}@${store.endpoint}`;
    return await runCommand(
      'env',
      [alias, describeToolchain().binary('mc'), '--config-dir', join(folder, 'mc'), ...args],
      {
        timeoutMs: 300_000,
      },
    );
  } finally {
    await store.stop();
  }
}
