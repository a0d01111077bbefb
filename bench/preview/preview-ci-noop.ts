import { z } from 'zod';
import { renderCluster } from '../../stacks/render/render-cluster';
import { alternate } from '../alternate';
import { type Benchmark, compare, type Measurement } from '../measurement';
import { ciInputs } from '../render/bench-inputs';
import { type CiStack, makeCiStack } from './ci-stack';
import { KUBECTL_DIFF, prepareKubectlDiff } from './kubectl-diff';

const REPETITIONS = 3;
const MIB = 2 ** 20;
const CLUSTER = 'every object of the cluster the stack stands for, project namespaces included';

const Exported = z.looseObject({ deployment: z.looseObject({ resources: z.array(z.unknown()) }) });

/**
 * A preview of stack `ci` that finds nothing to do. API server and etcd are real, but there are no controllers, pods or nodes'
 * kubelets: the stack is applied without waiting for what needs them. A preview waits for nothing anyway.
 */
export const previewCiNoop: Benchmark = {
  names: {
    'preview.ci.noop': `s for \`pulumi preview\` of stack ci without changes, beside ${KUBECTL_DIFF}`,
    'preview.ci.noop.resources': `resources in its state, beside ${CLUSTER}`,
    'preview.ci.noop.state': `MiB of its state, beside ${CLUSTER}, as JSON`,
  },
  run: async (progress) => {
    const stack = await makeCiStack();
    try {
      progress('pulumi up of stack ci on an API server of its own');
      await stack.run('up', '--yes', '--skip-preview');
      return await measure(stack, progress);
    } finally {
      await stack.remove();
    }
  },
};

async function measure(stack: CiStack, progress: (line: string) => void): Promise<Measurement[]> {
  const exported = Exported.parse(JSON.parse(await stack.run('stack', 'export', '--show-secrets')));
  const diff = await prepareKubectlDiff(exported, stack.kubeconfig);
  try {
    const sides = { ours: () => timePreview(stack), peer: diff.time };
    const samples = await alternate(REPETITIONS, sides, progress);
    const cluster = sizeOfCluster();
    const once = (ours: number, peer: number) => ({ ours: [ours], peer: [peer] });
    const resources = once(exported.deployment.resources.length, cluster.objects);
    const state = once(stack.stateBytes() / MIB, cluster.bytes / MIB);
    return [
      compare({ name: 'preview.ci.noop', unit: 's', peer: KUBECTL_DIFF }, samples, 0.5),
      compare({ name: 'preview.ci.noop.resources', unit: 'objects', peer: CLUSTER }, resources, 0.5),
      compare({ name: 'preview.ci.noop.state', unit: 'MiB', peer: CLUSTER }, state, 0.5),
    ];
  } finally {
    await diff.remove();
  }
}

async function timePreview(stack: CiStack): Promise<number> {
  const started = performance.now();
  await stack.run('preview', '--expect-no-changes');
  return (performance.now() - started) / 1000;
}

function sizeOfCluster(): { objects: number; bytes: number } {
  const size = { objects: 0, bytes: 0 };
  for (const { object } of renderCluster(ciInputs())) {
    size.objects += 1;
    size.bytes += JSON.stringify(object).length;
  }
  return size;
}
