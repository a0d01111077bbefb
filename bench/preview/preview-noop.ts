import { localPaths } from '../../local/paths';
import { runPulumi } from '../../local/pulumi/run-pulumi';
import { describeToolchain } from '../../local/toolchain/toolchain';
import { alternate } from '../alternate';
import { type Benchmark, compare } from '../measurement';
import { timeCommand } from '../time-command';
import { KUBECTL_DIFF, prepareKubectlDiff } from './kubectl-diff';

const REPETITIONS = 5;
const PREVIEW = ['npm', 'run', '--silent', 'pulumi', '--', 'preview', '--stack', 'local', '--expect-no-changes'];

/** A preview that finds nothing to do, from the command to its end. */
export const previewNoop: Benchmark = {
  names: {
    'preview.noop': `s for \`npm run pulumi -- preview\` of stack local without changes, beside ${KUBECTL_DIFF}`,
  },
  run: async (progress) => {
    const diff = await prepareKubectlDiff(JSON.parse(await exportStack()), localPaths().adminKubeconfig);
    try {
      const sides = { ours: () => timeCommand(PREVIEW), peer: diff.time };
      const samples = await alternate(REPETITIONS, sides, progress);
      return [compare({ name: 'preview.noop', unit: 's', peer: KUBECTL_DIFF }, samples, 0.5)];
    } finally {
      await diff.remove();
    }
  },
};

/** Stack `local` with its secrets in plain text. */
async function exportStack(): Promise<string> {
  const lines: string[] = [];
  const args = ['stack', 'export', '--stack', 'local', '--show-secrets'];
  const output = (line: string) => void lines.push(line);
  const code = await runPulumi({ args, paths: localPaths(), cli: describeToolchain().binary('pulumi'), output });
  if (code !== 0) {
    throw new Error(`stack local cannot be exported: ${lines.at(-1) ?? ''}; start the system first`);
  }
  return lines.join('\n');
}
