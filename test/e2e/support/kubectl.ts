import { runCommand } from '../../../local/cluster/run-command';
import { localPaths } from '../../../local/paths';
import { describeToolchain } from '../../../local/toolchain/toolchain';

/** Runs kubectl as administrator of the local cluster and resolves to what it printed. */
export function kubectl(args: readonly string[], input?: string): Promise<string> {
  return runCommand(
    describeToolchain().binary('kubectl'),
    [`--kubeconfig=${localPaths().adminKubeconfig}`, ...args],
    input === undefined ? {} : { input },
  );
}
