import { readdirSync } from 'node:fs';
import { ADDRESS_PLAN } from '../../../local/cluster/address-plan';
import { supervisorSocket } from '../../../local/cluster/cluster-files';
import { runCommand } from '../../../local/cluster/run-command';
import { supervisorStatus } from '../../../local/cluster/supervisor/control-client';
import type { SupervisorStatus } from '../../../local/cluster/supervisor/process-spec';
import { localPaths } from '../../../local/paths';
import { startLocal } from '../../../local/start';
import { kubectl } from '../support/kubectl';
import { until } from '../support/until';
import { makeVolumePod, type VolumePod } from '../support/volume-pod';

jest.setTimeout(300_000);

const paths = localPaths();
let pod: VolumePod;

async function start(): Promise<void> {
  const { gerrit } = await startLocal({ fresh: false });
  await gerrit.admin.close();
}

async function supervisor(): Promise<SupervisorStatus> {
  const status = await supervisorStatus(supervisorSocket(paths));
  if (status === undefined) {
    throw new Error('no supervisor runs');
  }
  return status;
}

async function statusOf(name: string) {
  return (await supervisor()).processes.find((process) => process.name === name);
}

beforeAll(async () => {
  await start();
  pod = await makeVolumePod('e2e-repair');
});

afterAll(async () => {
  await start();
  await pod.remove();
});

test.each(['kube-apiserver', 'containerd', 'kubelet', 'kube-router', 'etcd'])(
  'a killed %s is started again, and pods live on',
  async (name) => {
    const before = await statusOf(name);
    const starts = await pod.sh('cat /data/starts');

    process.kill(before?.pid ?? 0, 'SIGKILL');

    await until(`${name} serves again`, async () => {
      const now = await statusOf(name);
      return now?.state === 'ready' && now.pid !== before?.pid;
    });
    await until('the pod is the one there was', async () => (await pod.sh('cat /data/starts')) === starts);
  },
);

test('a start brings back an interface that was removed', async () => {
  await runCommand('ip', ['link', 'delete', ADDRESS_PLAN.hostInterface]);
  await expect(kubectl(['get', 'nodes', '--request-timeout=2s'])).rejects.toThrow();

  await start();

  expect(await kubectl(['get', 'nodes', '--output=name'])).toBe('node/seakeeper\n');
});

test('a start finds the namespace again when its name was removed', async () => {
  const { pid } = await supervisor();
  await runCommand('ip', ['netns', 'delete', ADDRESS_PLAN.namespace]);

  await start();

  expect((await supervisor()).pid).toBe(pid);
  expect(await pod.sh('echo alive')).toBe('alive\n');
});

test('a start after the supervisor was killed ends what it left and goes on with the data there was', async () => {
  process.kill((await supervisor()).pid, 'SIGKILL');

  await start();

  await pod.waitUntilReady();
  await until('the pod has started again', async () =>
    (await pod.sh('cat /data/starts')).startsWith('started\nstarted\n'),
  );
  expect((await supervisor()).processes.filter(({ state }) => state !== 'ready' && state !== 'finished')).toEqual([]);
});

test('a pod reaches what the machine reaches', async () => {
  const [name, near, far] = ['e2e-outside', 'e2eout0', 'e2eout1'];
  await runCommand('ip', ['netns', 'add', name]);
  try {
    await runCommand('ip', ['link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name]);
    await runCommand('ip', ['address', 'add', '203.0.113.1/24', 'dev', near]);
    await runCommand('ip', ['link', 'set', near, 'up']);
    await runCommand('sysctl', ['-qw', `net.ipv4.conf.${near}.forwarding=1`]);
    await runCommand('ip', ['-n', name, 'address', 'add', '203.0.113.2/24', 'dev', far]);
    await runCommand('ip', ['-n', name, 'link', 'set', far, 'up']);

    // Nobody listens there: a refusal is an answer, and comes from the host outside.
    expect(await pod.sh('nc -w 3 203.0.113.2 7000 2>&1 || true')).toContain('refused');
  } finally {
    await runCommand('ip', ['netns', 'delete', name]);
  }
});

test('an address that no Service has is refused here, and not looked for outside', async () => {
  const unused = ADDRESS_PLAN.serviceCidr.replace('.0.0/16', '.255.254');

  expect(await pod.sh(`nc -w 3 ${unused} 7000 2>&1 || true`)).toContain('refused');
});

test('a volume goes with its claim, and its folder with it', async () => {
  expect(readdirSync(paths.volumes)).toContainEqual(expect.stringMatching(/^pvc-/));
  const folder = (
    await kubectl(['get', 'pvc', 'server', '--namespace=e2e-repair', '--output=jsonpath={.spec.volumeName}'])
  ).trim();

  await pod.remove();

  await until('the folder is gone', async () => !readdirSync(paths.volumes).includes(folder));
});
