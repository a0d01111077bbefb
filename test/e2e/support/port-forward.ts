import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { localPaths } from '../../../local/paths';
import { describeToolchain } from '../../../local/toolchain/toolchain';

/** A way into the cluster that only an administrator has: past every fence, so it says nothing of them. */
export interface PortForward {
  /** host:port on loopback. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Opens a port of a Service or pod, such as `service/minio`, on loopback. Rejects with kubectl's words when it cannot. */
export async function forwardPort(namespace: string, target: string, port: number): Promise<PortForward> {
  const options = [`--kubeconfig=${localPaths().adminKubeconfig}`, `--namespace=${namespace}`, '--address=127.0.0.1'];
  const child = spawn(describeToolchain().binary('kubectl'), ['port-forward', ...options, target, `:${port}`]);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let trouble = '';
  child.stderr.on('data', (chunk) => {
    trouble += String(chunk);
  });
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.once('close', () => reject(new Error(`no way to ${target} in ${namespace}: ${trouble.trim()}`)));
    child.once('error', reject);
    createInterface(child.stdout).on('line', (line) => {
      const [, found] = /from (127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (found !== undefined) {
        resolve(found);
      }
    });
  });
  return {
    endpoint,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
