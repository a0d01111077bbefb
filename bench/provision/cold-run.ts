import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../core/kube-object';
import { Label, MANAGED_BY } from '../../core/labels';
import { ProjectNames, STORE_SECRET_KEYS } from '../../core/project';
import { applyObjects, type ControlPlane, startControlPlane } from './control-plane';
import { etcdKeys, untilKeys } from './etcd-keys';
import { cpuSecondsOf } from './process-usage';
import { provisionerConfig } from './provisioner-config';
import { ProvisionerProcess } from './provisioner-process';
import { type ScaleObjects, writeLoadFile } from './scale-objects';

/** What making all objects from nothing took. */
export interface ColdRun {
  readonly objectsPerSecond: number;
  /** Seconds of processor while it did. */
  readonly clientCpu: number;
  /** The same of API server and etcd together. */
  readonly serverCpu: number;
}

/** A control plane of its own, empty but for the stack's ground, whose etcd syncs each write to disk. */
export const startCold = (stack: ScaleObjects): Promise<ControlPlane> => startControlPlane(stack, { fsync: true });

/** Everything the provisioner makes of the projects: what is rendered, and a key to the store for each. */
export function* coldObjects(stack: ScaleObjects): Generator<KubeObject> {
  for (const object of stack.objects()) {
    yield object;
    if (object.kind === 'Namespace') yield storeSecret(object.metadata.name);
  }
}

/** Our provisioner, which finds the Projects there when it starts. */
export async function runOurs(plane: ControlPlane, stack: ScaleObjects): Promise<ColdRun> {
  await applyObjects(plane, () => stack.projects);
  const before = await etcdKeys(plane.server.etcdUrl);
  const process = await ProvisionerProcess.start(plane, { name: 'ours', config: provisionerConfig(stack) });
  try {
    return await timeCold(plane, stack, before, () => cpuSecondsOf(process.pid));
  } finally {
    await process.kill();
  }
}

/** The loader in Go. */
export async function runRaw(plane: ControlPlane, stack: ScaleObjects, workers: number): Promise<ColdRun> {
  const file = join(plane.folder, 'cold.jsonl');
  await writeLoadFile(file, () => coldObjects(stack));
  const before = await etcdKeys(plane.server.etcdUrl);
  const loading = plane.loader.load(file, { workers });
  // Its own figure: the process is gone when we would look.
  const timing = timeCold(plane, stack, before, () => 0);
  const [loaded, timed] = await Promise.all([loading, timing]);
  rmSync(file);
  return { ...timed, clientCpu: loaded.cpuSeconds };
}

async function timeCold(
  { server }: ControlPlane,
  stack: ScaleObjects,
  before: number,
  clientCpu: () => number,
): Promise<ColdRun> {
  let expected = 0;
  for (const _object of coldObjects(stack)) expected += 1;
  const { etcd, server: apiServer } = server.pids();
  if (etcd === undefined || apiServer === undefined) throw new Error('the control plane has ended');
  const serverCpu = () => cpuSecondsOf(etcd) + cpuSecondsOf(apiServer);
  let begun = { client: 0, server: 0 };
  const { objects, seconds } = await untilKeys(server.etcdUrl, { before, expected }, () => {
    begun = { client: clientCpu(), server: serverCpu() };
  });
  return {
    objectsPerSecond: objects / seconds,
    clientCpu: clientCpu() - begun.client,
    serverCpu: serverCpu() - begun.server,
  };
}

function storeSecret(namespace: string): KubeObject {
  const name = ProjectNames.storeSecret;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name,
      namespace,
      labels: { [Label.managedBy]: MANAGED_BY, [Label.partOf]: MANAGED_BY, [Label.name]: name },
    },
    stringData: {
      [STORE_SECRET_KEYS.accessKey]: namespace,
      [STORE_SECRET_KEYS.secretKey]: randomBytes(30).toString('hex'),
    },
  };
}
