import { Provider } from '@pulumi/kubernetes/provider';
import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { stageOf } from '../../../components/kube-object';
import { KubeObject } from '../../../core/kube-object';
import { readFirstRelease } from './first-release';

const Annotations = z.record(z.string(), z.string()).default({});

/**
 * Registers what the first release's program did, under the same URNs: they name the types of a resource's parents, not
 * their names, so that one component stands for all charts. Waits for nothing, for there are no nodes.
 */
export = async () => {
  const provider = new Provider('cluster', {
    enableServerSideApply: true,
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    kubeconfig: new pulumi.Config('kubernetes').requireSecret('kubeconfig'),
  });
  const release = new pulumi.ComponentResource('seakeeper:index:ChartRelease', 'first-release', {}, { provider });
  const made = new Map<number, pulumi.Resource[]>();
  for (const { type, name, inputs } of readFirstRelease().resources) {
    const object = KubeObject.parse(inputs);
    const stage = stageOf(object);
    const dependsOn = stage === 0 ? [] : (made.get(0) ?? []);
    const resource = new KubeResource(type, name, unattended(object), { parent: release, dependsOn });
    made.set(stage, [...(made.get(stage) ?? []), resource]);
  }
};

/** Any API object. */
class KubeResource extends pulumi.CustomResource {}

function unattended({ metadata, ...rest }: KubeObject): pulumi.Inputs {
  const secret = rest.kind === 'Secret' ? { stringData: pulumi.secret(rest['stringData']) } : {};
  const annotations = Annotations.parse(metadata['annotations']);
  return {
    ...rest,
    ...secret,
    metadata: { ...metadata, annotations: { ...annotations, 'pulumi.com/skipAwait': 'true' } },
  };
}
