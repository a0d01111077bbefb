import { IMAGE_NAMES, imageReference } from '../../core/images';
import type { KubeObject } from '../../core/kube-object';
import { acknowledgedImages } from '../../policy/acknowledged-images';
import { evaluate, renderViolation } from '../../policy/evaluate';
import { RULES } from '../../policy/rules';
import { BUDGET, type ClusterSize, clusterSize } from '../../policy/rules/size-budget';
import type { StackInputs } from '../../stacks/release';
import { renderCluster } from '../../stacks/render/render-cluster';

const MIB = 2 ** 20;

/** What the rules say of a stack. */
export interface PolicyReport {
  readonly violations: readonly string[];
  /** Images by name that have no digest, acknowledged ones included. */
  readonly unpinned: readonly string[];
  readonly size: ClusterSize;
}

/** Runs every rule over the whole rendered cluster of a stack, project namespaces included. */
export function checkPolicy(inputs: StackInputs): PolicyReport {
  const { images, policy } = inputs.config;
  const objects: KubeObject[] = [];
  for (const { object } of renderCluster(inputs)) {
    objects.push(object);
  }
  const facts = { acknowledgedImages: acknowledgedImages(images, policy.acknowledgedUnpinnedImages) };
  return {
    violations: evaluate(RULES, objects, facts).map(renderViolation),
    unpinned: IMAGE_NAMES.filter((name) => images[name].digest === undefined).map(
      (name) => `${name} (${imageReference(images[name])})`,
    ),
    size: clusterSize(objects),
  };
}

/** The report as lines for a person. */
export function renderPolicyReport({ violations, unpinned, size }: PolicyReport): string[] {
  const { namespaces, objects, etcdBytes } = size;
  return [
    ...violations,
    ...(unpinned.length === 0 ? [] : [`not pinned by digest: ${unpinned.join(', ')}`]),
    `namespaces: ${namespaces} of at most ${BUDGET.namespaces}`,
    `objects: ${objects}, about ${Math.round(etcdBytes / MIB)} MiB in etcd, of at most ${BUDGET.etcdBytes / MIB} MiB`,
    violations.length === 0 ? `${RULES.length} rules hold` : `${violations.length} violations of ${RULES.length} rules`,
  ];
}
