import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalPaths } from '../paths';
import type { Toolchain } from '../toolchain/toolchain';
import { ADDRESS_PLAN } from './address-plan';
import { supervisorSocket } from './cluster-files';
import { runCommand } from './run-command';
import { supervisorStatus } from './supervisor/control-client';
import { isReady, type ProcessStatus } from './supervisor/process-spec';

const TIMEOUT_MS = 120_000;
/** Restarts during a start after which a process is taken to be broken rather than early. */
const HOPELESS_RESTARTS = 8;

/**
 * Waits until these processes serve.
 *
 * @param names processes to wait for; all when omitted
 * @throws naming the process that does not come up, with the last line of its log
 */
export async function waitForProcesses(paths: LocalPaths, names?: readonly string[]): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const status = await supervisorStatus(supervisorSocket(paths));
    if (status === undefined) {
      throw new Error(`the supervisor ended; its log is ${join(paths.logs, 'supervisor.log')}`);
    }
    const pending = status.processes.filter(
      (process) => !isReady(process) && (names === undefined || names.includes(process.name)),
    );
    if (pending.length === 0) {
      return;
    }
    const hopeless = pending.find((process) => process.restarts >= HOPELESS_RESTARTS);
    if (hopeless !== undefined || Date.now() > deadline) {
      throw new Error(describe(paths, hopeless ?? pending[0]));
    }
    await sleep(100);
  }
}

function describe(paths: LocalPaths, process: ProcessStatus | undefined): string {
  const name = process?.name ?? 'supervisor';
  const log = join(paths.logs, `${name}.log`);
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  const lastWords = lines.filter((line) => !line.startsWith('supervisor: ')).at(-1) ?? '(nothing)';
  const how = process?.lastExit === undefined ? process?.state : `${process.state} after ${process.lastExit}`;
  return `${name} does not come up (${how}): ${lastWords.slice(0, 400)}; its log is ${log}`;
}

/** Waits until every process serves and the node takes pods. */
export async function waitForCluster(paths: LocalPaths, toolchain: Pick<Toolchain, 'binary'>): Promise<void> {
  await waitForProcesses(paths);
  const kubectl = [`--kubeconfig=${paths.adminKubeconfig}`];
  const node = `node/${ADDRESS_PLAN.nodeName}`;
  await runCommand(toolchain.binary('kubectl'), [...kubectl, 'wait', '--for=create', node, '--timeout=60s']);
  await runCommand(toolchain.binary('kubectl'), [
    ...kubectl,
    ...['wait', '--for=condition=Ready', node, '--timeout=60s'],
  ]);
}
