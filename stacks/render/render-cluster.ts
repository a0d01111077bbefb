import { STORE } from '../../constructs/artifacts-chart';
import { renderProjectNamespace } from '../../constructs/render-project-namespace';
import { asKubeObject, type KubeObject } from '../../core/kube-object';
import { planNodeAttributes } from '../../infra/nodes/plan-node-attributes';
import type { Layer } from '../config/schema';
import { planStack } from '../plan';
import { NODE_ATTRIBUTES } from '../plan-foundation';
import type { Release, StackInputs } from '../release';

/** An object as the cluster will hold it, and where it comes from. */
export interface RenderedObject {
  /** Layer that Pulumi applies it with; `projects` for what the provisioner makes of each `Project`. */
  readonly origin: Layer | 'projects';
  /** Release it belongs to, or the Gerrit project. */
  readonly source: string;
  readonly object: KubeObject;
}

/** Stands for every secret value: a rendering has none. */
export const MASKED = '[secret]';

/**
 * The whole cluster of a stack, project namespaces included, without a cluster, a secret or an engine. Lazily, for it may
 * be a hundred thousand objects. Throws when a project's class is none.
 */
export function* renderCluster(inputs: StackInputs): Generator<RenderedObject> {
  if (inputs.config.layers.includes('foundation')) {
    for (const object of planNodeAttributes(inputs.config.machines)) {
      yield { origin: 'foundation', source: NODE_ATTRIBUTES, object };
    }
  }
  for (const release of planStack(inputs)) {
    for (const object of [...secretsOf(release), ...release.chart.toJson().map(asKubeObject)]) {
      yield { origin: release.layer, source: release.name, object };
    }
  }
  if (inputs.config.layers.includes('system')) {
    yield* renderProjects(inputs);
  }
}

function secretsOf({ chart, secrets }: Release): KubeObject[] {
  return Object.entries(secrets).map(([name, sources]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, ...(chart.namespace === undefined ? {} : { namespace: chart.namespace }) },
    stringData: Object.fromEntries(Object.keys(sources).map((key) => [key, MASKED])),
  }));
}

function* renderProjects({ config, requirement }: StackInputs): Generator<RenderedObject> {
  for (const project of config.projects) {
    const projectClass = requirement.quotas[project.class];
    if (projectClass === undefined) {
      throw new Error(`project ${project.gerritName} is of class '${project.class}', which is none`);
    }
    const objects = renderProjectNamespace({ project, projectClass, network: config.network, store: STORE });
    for (const object of objects) {
      yield { origin: 'projects', source: project.gerritName, object };
    }
  }
}
