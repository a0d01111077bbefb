import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { POOL_TAINT, UNASSIGNED } from '../../../core/pool';
import { ensureToolchain } from '../../../local/toolchain/toolchain';
import type { KubeClient } from '../../../services/shared/kube-client';
import { paths } from './system';

const SIMULATED = { key: 'kwok.x-k8s.io/node', value: 'fake' } as const;
const NODES = '/api/v1/nodes';
/** A configuration it does not take ends kwok well before. */
const STARTED_AFTER_MS = 3_000;
const MOST_LOG = 1_000;

/**
 * Nodes with kwok in the place of their kubelets: they stay Ready, and pods that are put there run, and run on until they
 * are deleted. Joined closed, as by our own join configuration, so that nothing real strays there.
 */
export class SimulatedNodes {
  private readonly names: string[] = [];

  private constructor(
    private readonly kube: KubeClient,
    private readonly kwok: ChildProcess,
    private readonly logFile: string,
  ) {}

  static async start(kube: KubeClient): Promise<SimulatedNodes> {
    const toolchain = await ensureToolchain(['kwok']);
    const file = join(tmpdir(), `seakeeper-kwok-${process.pid}.log`);
    const log = openSync(file, 'w');
    const kwok = spawn(
      toolchain.binary('kwok'),
      [
        `--kubeconfig=${paths.adminKubeconfig}`,
        `--config=${join(__dirname, 'kwok-stages.yaml')}`,
        `--manage-nodes-with-annotation-selector=${SIMULATED.key}=${SIMULATED.value}`,
        '--manage-all-nodes=false',
        '--node-lease-duration-seconds=40',
        // Pods of simulated nodes get addresses that nothing routes (RFC 5737).
        '--cidr=192.0.2.0/24',
      ],
      { stdio: ['ignore', log, log] },
    );
    const ended = once(kwok, 'exit').then(() => true);
    if (await Promise.race([ended, sleep(STARTED_AFTER_MS, false)])) {
      throw new Error(`kwok ended at once, code ${kwok.exitCode}: ${readFileSync(file, 'utf8').slice(-MOST_LOG)}`);
    }
    return new SimulatedNodes(kube, kwok, file);
  }

  async join(name: string): Promise<void> {
    this.names.push(name);
    await this.kube.create(NODES, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        annotations: { [SIMULATED.key]: SIMULATED.value },
        labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
      },
      spec: { taints: [{ key: POOL_TAINT, value: UNASSIGNED, effect: 'NoSchedule' }] },
      status: {
        capacity: { cpu: '8', memory: '24Gi', pods: '110', 'ephemeral-storage': '200Gi' },
        allocatable: { cpu: '7410m', memory: '22Gi', pods: '110', 'ephemeral-storage': '100Gi' },
      },
    });
  }

  /** Ends kwok; with it go the nodes that are left, and their pods by Kubernetes' own garbage collection. */
  async remove(): Promise<void> {
    for (const name of this.names) {
      await this.kube.delete(`${NODES}/${name}`).catch(() => undefined);
    }
    if (this.kwok.exitCode === null) {
      const ended = once(this.kwok, 'exit');
      this.kwok.kill('SIGTERM');
      await ended;
    }
    rmSync(this.logFile, { force: true });
  }
}
