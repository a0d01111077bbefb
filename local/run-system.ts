import { rmSync } from 'node:fs';
import { z } from 'zod';
import { adminClient } from './connect';
import { prepareDemo, runDemo } from './demo/demo';
import { renderSummary } from './demo/render-summary';
import { httpPasswordFile } from './gerrit/credentials';
import { CLUSTER_ADDRESS, httpUrl } from './gerrit/gerrit-options';
import { gerritSitePaths, sshKeyFile } from './gerrit/gerrit-site';
import { CI_ACCOUNT } from './gerrit/seed';
import { localPaths } from './paths';
import { localStackFiles, writeMachineValues } from './pulumi/local-stack';
import { runPulumi } from './pulumi/run-pulumi';
import { machineValues } from './stack/machine-config';
import { machineSecrets } from './stack/stack-secrets';
import { dropOldImages, type LocalCluster, startLocal } from './start';
import { step } from './steps';

const paths = localPaths();
const say = (line: string) => void process.stderr.write(`${line}\n`);

const Outputs = z.object({ statusUrl: z.string() });

/**
 * `npm start`: the cluster and Gerrit, stack `local` applied to it, and, unless told not to, a demo change with its vote.
 *
 * @param options.fresh empty cluster, Gerrit and stack first
 */
export async function runSystem(options: { fresh: boolean; demo: boolean }): Promise<void> {
  const cluster = await startLocal(options);
  if (options.fresh) {
    // What the engine remembers went with the old cluster.
    rmSync(localStackFiles(paths.pulumi).backend, { recursive: true, force: true });
  }
  await step('write the stack’s configuration', () => writeConfiguration(cluster));
  await Promise.all([step('pulumi up', () => applyStack(cluster)), options.demo && prepareDemo(demoParts(cluster))]);
  await dropOldImages(cluster);
  if (options.demo) {
    await step('demo', () => demo(cluster));
  }
  await cluster.gerrit.admin.close();
}

async function writeConfiguration({ images, gerrit }: LocalCluster): Promise<void> {
  const site = gerritSitePaths(paths.gerrit);
  await writeMachineValues(
    localStackFiles(paths.pulumi),
    machineValues({
      images: images.images,
      gerrit: gerrit.endpoint,
      kubeconfig: paths.adminKubeconfig,
      sshKeyFile: sshKeyFile(site, CI_ACCOUNT),
      httpPasswordFile: httpPasswordFile(site, CI_ACCOUNT),
      secrets: await machineSecrets(paths),
    }),
  );
}

async function applyStack({ toolchain }: LocalCluster): Promise<void> {
  const args = ['up', '--yes', '--skip-preview', '--suppress-outputs'];
  const code = await runPulumi({ args, paths, cli: toolchain.binary('pulumi'), output: say });
  if (code !== 0) {
    throw new Error('pulumi up failed, see above; what it made so far stays, and `npm start` goes on from there');
  }
}

const demoParts = ({ images, gerrit }: LocalCluster) => ({ gerrit: gerrit.admin, images: images.images });

async function demo(cluster: LocalCluster): Promise<void> {
  const { toolchain } = cluster;
  const [outcome, url] = await Promise.all([
    runDemo({ ...demoParts(cluster), kube: adminClient(paths), say }),
    statusUrl(toolchain),
  ]);
  process.stdout.write(
    renderSummary({
      demo: outcome,
      kubeconfig: paths.adminKubeconfig,
      binaries: { kubectl: toolchain.binary('kubectl'), argo: toolchain.binary('argo') },
      gerritUrl: httpUrl(CLUSTER_ADDRESS),
      adminPasswordFile: httpPasswordFile(gerritSitePaths(paths.gerrit), 'admin'),
      statusUrl: url,
    }),
  );
}

async function statusUrl(toolchain: LocalCluster['toolchain']): Promise<string> {
  const lines: string[] = [];
  const output = (line: string) => void lines.push(line);
  await runPulumi({ args: ['stack', 'output', '--json'], paths, cli: toolchain.binary('pulumi'), output });
  return Outputs.parse(JSON.parse(lines.join('\n'))).statusUrl;
}
