import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceAccounts } from '../../core/access';
import { ensureToolchain } from '../../local/toolchain/toolchain';
import { accountKubeconfig } from '../provision/account-kubeconfig';
import type { ControlPlane } from '../provision/control-plane';

/** A workflow-controller as the stack runs it, as a process of this machine. */
export interface WorkflowController {
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts it with the stack's own configuration and account. It elects no leader: a new one would first wait for the
 * lease of the one before.
 */
export async function startController(plane: ControlPlane): Promise<WorkflowController> {
  const toolchain = await ensureToolchain(['argo-workflows']);
  const kubeconfig = await accountKubeconfig(plane, ServiceAccounts.workflowController);
  const log = openSync(join(plane.folder, 'workflow-controller.log'), 'a');
  const child = spawn(
    toolchain.binary('workflow-controller'),
    // The flags of `ArgoSystemChart`. No pod ever starts, so it does not matter which image it names.
    [`--kubeconfig=${kubeconfig}`, '--executor-image=argoexec', '--qps=50', '--burst=100', '--log-format=json'],
    {
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env['PATH'],
        LEADER_ELECTION_DISABLE: 'true',
        EXPRESSION_TEMPLATES: 'false',
        DEFAULT_REQUEUE_TIME: '250ms',
      },
    },
  );
  const { pid } = child;
  if (pid === undefined) throw new Error('workflow-controller did not start');
  return { pid, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
