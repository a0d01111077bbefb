import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderNodeFiles } from '../../../cli/nodes/write-nodes';
import { DISCOVERY_FILE, KUBELET_PATCH } from '../../../infra/nodes/kubelet-config';
import { ensureToolchain, type Toolchain } from '../../../local/toolchain/toolchain';

jest.setTimeout(600_000);

const MACHINE = { name: 'ci1001', cpu: 48, memory: '192Gi', disk: '960Gi', pool: 'gate' } as const;
const files = renderNodeFiles([MACHINE]);
const rendered = (name: string): string => files.get(join(MACHINE.name, name)) ?? '';
const KUBELET = rendered(join('kubelet', KUBELET_PATCH));

let folder: string;
let toolchain: Toolchain;

beforeAll(async () => {
  toolchain = await ensureToolchain(['kubernetes', 'kubeadm']);
  folder = mkdtempSync(join(tmpdir(), 'seakeeper-join-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly output: string;
}

const run = (command: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(command, args, { timeout: 30_000 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: `${stdout}${stderr}` }),
    );
  });

/** What the kubelet asks for once its configuration is read and found valid, and before it touches the machine. */
const ACCEPTED = 'no client provided, cannot use webhook authentication';

/** Starts the real kubelet with a configuration and no cluster, in a network of its own: it reads, judges and ends. */
async function kubelet(text: string, how: 'alone' | 'dropped in'): Promise<string> {
  const config = join(folder, 'kubelet.yaml');
  const dropIns = join(folder, 'kubelet.conf.d');
  mkdirSync(dropIns, { recursive: true });
  writeFileSync(join(dropIns, '90-seakeeper.conf'), text);
  const base = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 250\n';
  writeFileSync(config, how === 'alone' ? text : base);
  const { output } = await run('unshare', [
    '--net',
    toolchain.binary('kubelet'),
    `--config=${config}`,
    ...(how === 'alone' ? [] : [`--config-dir=${dropIns}`]),
    `--root-dir=${join(folder, 'root')}`,
    `--cert-dir=${join(folder, 'pki')}`,
  ]);
  return output;
}

describe('the real kubelet', () => {
  test.each(['alone', 'dropped in'] as const)('takes the rendered configuration, %s', async (how) => {
    const output = await kubelet(KUBELET, how);

    expect(output).toContain(ACCEPTED);
    expect(output).not.toMatch(/lenient|strict decoding/);
  });

  test('would have named a field it does not know', async () => {
    expect(await kubelet(KUBELET.replace('maxPods', 'mostPods'), 'alone')).toMatch(/unknown field .*mostPods/);
  });

  test('would have refused limits that contradict each other', async () => {
    const output = await kubelet(KUBELET.replace('LowThresholdPercent: 70', 'LowThresholdPercent: 90'), 'alone');

    expect(output).toContain('failed to validate kubelet configuration');
    expect(output).not.toContain(ACCEPTED);
  });
});

describe('the real kubeadm', () => {
  /** kubeadm wants the file of credentials to be there, which the provisioner puts on the machine. */
  async function validate(text: string): Promise<Ended> {
    const credentials = join(folder, 'discovery.conf');
    writeFileSync(credentials, '');
    const config = join(folder, 'join.yaml');
    writeFileSync(config, text.replace(DISCOVERY_FILE, credentials));
    return run(toolchain.binary('kubeadm'), ['config', 'validate', '--config', config]);
  }

  test('takes the rendered join configuration', async () => {
    expect(await validate(rendered('join.yaml'))).toEqual({ code: 0, output: 'ok\n' });
  });

  test('would have refused a field it does not know', async () => {
    const { code, output } = await validate(rendered('join.yaml').replace('patches', 'patched'));

    expect(code).not.toBe(0);
    expect(output).toContain('unknown field "patched"');
  });
});
