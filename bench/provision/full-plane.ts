import type { KubeObject } from '../../core/kube-object';
import { until } from '../../local/until';
import { coldObjects } from './cold-run';
import { applyObjects, type ControlPlane, startControlPlane } from './control-plane';
import { provisionerConfig } from './provisioner-config';
import { ProvisionerProcess } from './provisioner-process';
import { readyProjects } from './ready-projects';
import type { ScaleObjects } from './scale-objects';

/** Field manager of the provisioner: what is loaded under its name is its own. */
const PROVISIONER = 'seakeeper-provisioner';

/** Most time for a first pass over everything. Milliseconds. */
const LONGEST_MS = 1_200_000;

/**
 * A control plane on which all of the projects is there as the provisioner leaves it: loaded in Go under its name, and
 * looked over by it once, for the Projects' status. What the controller-manager puts into every namespace is there too.
 */
export async function startFullPlane(stack: ScaleObjects, progress: (line: string) => void): Promise<ControlPlane> {
  const plane = await startControlPlane(stack, { audit: true });
  try {
    const count = await applyObjects(plane, () => fullObjects(stack), { manager: PROVISIONER });
    await applyObjects(plane, () => stack.projects);
    const once = await ProvisionerProcess.start(plane, { name: 'once', config: provisionerConfig(stack) });
    const { seconds } = await once.untilResynced(1, LONGEST_MS);
    const all = stack.projects.length;
    const look = async () => (await readyProjects(plane.admin)) === all;
    await until(`${all} Projects are ready`, look, LONGEST_MS, Math.max(500, all));
    await once.stop();
    progress(`${count} objects of ${stack.projects.length} projects are there; first pass ${seconds.toFixed(0)} s`);
    return plane;
  } catch (error) {
    await plane.remove();
    throw error;
  }
}

function* fullObjects(stack: ScaleObjects): Generator<KubeObject> {
  for (const object of coldObjects(stack)) {
    yield object;
    if (object.kind === 'Namespace') yield* ofControllerManager(object.metadata.name);
  }
}

/** What it makes in each namespace, as large as it is there. */
function ofControllerManager(namespace: string): KubeObject[] {
  const certificate = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(1_024)}\n-----END CERTIFICATE-----\n`;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace },
      data: { 'ca.crt': certificate },
    },
  ];
}
