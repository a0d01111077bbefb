import { localPaths } from '../paths';
import { describeToolchain } from '../toolchain/toolchain';
import { runPulumi } from './run-pulumi';

/** `npm run pulumi -- ARGS`: the Pulumi CLI on this machine's stacks. Resolves to its exit code. */
export function pulumiCommand(args: readonly string[]): Promise<number> {
  return runPulumi({ args, paths: localPaths(), cli: describeToolchain().binary('pulumi') });
}
