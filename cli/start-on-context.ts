import { join } from 'node:path';
import { z } from 'zod';
import { KubeClient } from '../services/shared/kube-client';
import { checkStackConfig, PrintedConfig } from './context/check-stack-config';
import { chooseContext } from './context/kube-context';
import { PulumiCli } from './context/pulumi-cli';
import { type Running, renderRunning } from './context/render-running';
import { readWorkloads } from './context/workloads';

const PROJECT_FOLDER = join(__dirname, '..');

const Outputs = z.object({
  contract: z.object({ layers: z.array(z.string()) }),
  statusUrl: z.string(),
  unpinnedImages: z.array(z.string()),
});

/** Where and as what the system is to run. */
export interface ContextStart {
  /** Context of the user's kubeconfig. */
  readonly context: string;
  readonly stack: string;
  /** The stack's configuration, when it is not `Pulumi.<stack>.yaml`. */
  readonly configFile?: string;
  /** Do not ask before the cluster is changed. Without a terminal nobody is asked. */
  readonly yes: boolean;
}

/**
 * `npm start -- --context NAME`: the program on a cluster of the user's own, with the user's own Pulumi. Nothing is built,
 * and no module of `local/` is loaded: images and the Gerrit server are the stack's configuration.
 *
 * Rejects with one line that says what is missing and how to mend it; nothing was changed then.
 */
export async function startOnContext({ context, stack, configFile, yes }: ContextStart): Promise<void> {
  const pulumi = PulumiCli.find(PROJECT_FOLDER);
  const kubeConfig = chooseContext(context);
  const onStack = ['--stack', stack];
  const configured = [...onStack, ...(configFile === undefined ? [] : ['--config-file', configFile])];

  await pulumi.run('stack', 'select', '--create', stack);
  const printed = PrintedConfig.parse(JSON.parse(await pulumi.read('config', '--json', ...configured)));
  const { config, recordContext } = checkStackConfig(stack, context, printed);
  // Kept with the stack, so that a later `pulumi up` by hand means the same cluster.
  if (recordContext) await pulumi.run('config', 'set', 'kubernetes:context', context, ...configured);
  await pulumi.run('up', '--suppress-outputs', ...(yes || !process.stdin.isTTY ? ['--yes'] : []), ...configured);

  const outputs = Outputs.parse(JSON.parse(await pulumi.read('stack', 'output', '--json', ...onStack)));
  const running: Running = {
    context,
    server: kubeConfig.getCurrentCluster()?.server ?? '',
    stack,
    flags: configured.join(' '),
    layers: outputs.contract.layers,
    workloads: await readWorkloads(new KubeClient(kubeConfig)),
    gerrit: config.gerrit,
    statusUrl: outputs.statusUrl,
    unpinnedImages: outputs.unpinnedImages,
    projects: config.projects.map(({ gerritName }) => gerritName),
  };
  process.stdout.write(renderRunning(running));
}
