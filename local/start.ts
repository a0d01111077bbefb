import { containerdSocket } from './cluster/config-files';
import { checkPreconditions } from './cluster/preconditions';
import { emptyCluster, startCluster } from './cluster/start-cluster';
import { waitForCluster, waitForProcesses } from './cluster/wait-for-cluster';
import { CLUSTER_ADDRESS } from './gerrit/gerrit-options';
import { type PreparedGerrit, prepareGerrit } from './gerrit/prepare-gerrit';
import { type SeededGerrit, seedGerrit } from './gerrit/seed';
import { type BuiltImages, buildImages } from './images/build-images';
import { type Ctr, importImages } from './images/import-images';
import { pruneImages } from './images/prune-images';
import { localPaths } from './paths';
import { step } from './steps';
import { lineProgress } from './toolchain/progress';
import { ensureToolchain, type Toolchain } from './toolchain/toolchain';

/** What runs after `startLocal`, for whoever puts a system on it. */
export type LocalCluster = Readonly<{
  toolchain: Toolchain;
  images: BuiltImages;
  gerrit: SeededGerrit;
}>;

const paths = localPaths();
const progress = lineProgress(process.stderr);

/**
 * Starts the local cluster and its Gerrit, or repairs those that run. What is as it should be is left alone, so a
 * second start is short.
 *
 * @param options.fresh empty cluster and Gerrit first
 */
export async function startLocal(options: { fresh: boolean }): Promise<LocalCluster> {
  // Before anything is installed or built; some of it is looked at again once the tools are there.
  await checkPreconditions(paths);
  const toolchain = await step('toolchain', () => ensureToolchain(undefined, progress));
  if (options.fresh) {
    await step('empty the cluster', () => emptyCluster(paths));
  }
  const [images, gerrit] = await step('prepare images and Gerrit', () =>
    Promise.all([buildImages(toolchain), prepareLocalGerrit(toolchain)]),
  );
  await step('start the cluster', () => startCluster({ paths, toolchain, processes: [gerrit.process] }));
  const [seeded] = await Promise.all([
    step('start and seed Gerrit', () => seedWhenUp(gerrit)),
    step('load images', () => loadImages(toolchain, images)),
    step('wait for the node', () => waitForCluster(paths, toolchain)),
  ]);
  return { toolchain, images, gerrit: seeded };
}

async function seedWhenUp({ paths: site, process }: PreparedGerrit): Promise<SeededGerrit> {
  await waitForProcesses(paths, [process.name]);
  return seedGerrit(site, CLUSTER_ADDRESS);
}

function prepareLocalGerrit(toolchain: Toolchain): Promise<PreparedGerrit> {
  return prepareGerrit({
    cache: toolchain.cache,
    folder: paths.gerrit,
    address: CLUSTER_ADDRESS,
    java: toolchain.binary('java'),
    mvn: toolchain.binary('mvn'),
  });
}

async function loadImages(toolchain: Toolchain, images: BuiltImages): Promise<void> {
  await waitForProcesses(paths, ['containerd']);
  await importImages(ctrOf(toolchain), images, progress);
}

/** Removes images of earlier builds, once the stack runs on those of this one. */
export async function dropOldImages({ toolchain, images }: LocalCluster): Promise<void> {
  await pruneImages(ctrOf(toolchain), images.all);
}

function ctrOf(toolchain: Toolchain): Ctr {
  return [toolchain.binary('ctr'), '--address', containerdSocket(paths), '--namespace', 'k8s.io'];
}
