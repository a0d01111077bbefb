import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '../../core/kube-object';
import { PROJECT_API } from '../../core/project';
import { type ApiServerFixture, type ApiServerOptions, startApiServer } from '../../local/cluster/api-server-alone';
import { until } from '../../local/until';
import { KubeClient } from '../../services/shared/kube-client';
import { RawLoader } from './raw-loader';
import { type ScaleObjects, writeLoadFile } from './scale-objects';

/**
 * What keeps a small control plane from being the limit of two hundred thousand objects: etcd's default of 2 GiB, and
 * the server's of 400 reads and 200 writes at once, which a test of 10,000 projects may not reach by accident.
 */
const LARGE: Pick<ApiServerOptions, 'etcdFlags' | 'serverFlags'> = {
  etcdFlags: ['--quota-backend-bytes=8589934592'],
  serverFlags: ['--max-requests-inflight=800', '--max-mutating-requests-inflight=400'],
};

/** An API server with etcd and no nodes, thrown away afterwards, on which a stack is as far as it needs none. */
export interface ControlPlane {
  readonly server: ApiServerFixture;
  readonly admin: KubeClient;
  readonly loader: RawLoader;
  /** A folder that goes with it. */
  readonly folder: string;
  remove(): Promise<void>;
}

/** What a process needs of a control plane; `server` may be a detour to it, such as a proxy. */
export type ReachablePlane = Pick<ControlPlane, 'admin' | 'folder'> & {
  readonly server: Pick<ApiServerFixture, 'config'>;
};

/** Starts one with the stack's definitions, roles and policies on it, and no project. */
export async function startControlPlane(stack: ScaleObjects, options: ApiServerOptions = {}): Promise<ControlPlane> {
  const server = await startApiServer({ ...LARGE, ...options });
  const folder = mkdtempSync(join(tmpdir(), 'seakeeper-scale-'));
  const remove = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const plane = {
      server,
      folder,
      remove,
      admin: new KubeClient(server.config()),
      loader: await RawLoader.on(server.kubeconfig),
    };
    await applyGround(plane, stack.ground);
    return plane;
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Applies objects by the raw loader, namespaces first. Resolves to how many. */
export async function applyObjects(
  { folder, loader }: ControlPlane,
  objects: () => Iterable<KubeObject>,
  options: { manager?: string; workers?: number } = {},
): Promise<number> {
  const file = join(folder, 'load.jsonl');
  await writeLoadFile(file, objects);
  const { objects: count } = await loader.load(file, options);
  rmSync(file);
  return count;
}

async function applyGround(plane: ControlPlane, ground: readonly KubeObject[]): Promise<void> {
  const isDefinition = ({ kind }: KubeObject) => kind === 'CustomResourceDefinition';
  await applyObjects(plane, () => ground.filter(isDefinition));
  await applyObjects(plane, () => ground.filter((object) => !isDefinition(object)));
  const { group, version, plural } = PROJECT_API;
  await until('the API server serves Projects', async () => {
    await plane.admin.get(`/apis/${group}/${version}/${plural}?limit=1`);
    return true;
  });
}
