import { Provider } from '@pulumi/kubernetes/provider';
import * as pulumi from '@pulumi/pulumi';
import { ChartRelease, type SecretValues } from '../components/chart-release';
import { NodeAttributes } from '../components/node-attributes';
import { IMAGE_NAMES } from '../core/images';
import { fitOf, nodesOfMachines } from '../infra/nodes/fit';
import { planNodeAttributes } from '../infra/nodes/plan-node-attributes';
import { type CapacityOutput, fitOutput, fitRefusal, fitWarnings } from '../infra/nodes/render-fit';
import type { ReadSecret, StackConfig } from './config/load';
import { checkForeignLayers, LAYER_CONTRACT } from './layer-contract';
import { planStack } from './plan';
import { NODE_ATTRIBUTES } from './plan-foundation';
import { readNodes } from './read-nodes';
import type { Release } from './release';

/** Outputs of a stack. */
export interface StackOutputs {
  /** What stacks without these layers check. */
  readonly contract: { readonly version: number; readonly layers: readonly string[] };
  readonly statusUrl: string;
  /** Images named by tag only: whoever can move the tag decides what runs. */
  readonly unpinnedImages: readonly string[];
  /** What each pool's nodes offer, and what it must. Empty where no machine is known. */
  readonly capacity: readonly CapacityOutput[];
}

/** Defines every resource of a stack's layers, in order. */
export async function defineStack({ inputs, secret }: StackConfig): Promise<StackOutputs> {
  const { config } = inputs;
  await checkForeignLayers(config);
  const capacity = await checkCapacity(inputs);
  const provider = new Provider('cluster', clusterAccess());
  const takingOver = new Provider('cluster-taking-over', {
    ...clusterAccess(),
    upsertExistingObjects: true,
    enablePatchForce: true,
  });
  const released = new Map<string, pulumi.Resource>();
  if (config.layers.includes('foundation') && config.machines.length > 0) {
    const nodes = planNodeAttributes(config.machines);
    released.set(NODE_ATTRIBUTES, new NodeAttributes(NODE_ATTRIBUTES, { nodes }, { providers: [provider] }));
  }
  for (const { name, chart, after, secrets, takesOver } of planStack(inputs)) {
    const dependsOn = after.flatMap((other) => released.get(other) ?? []);
    const args = { chart, secrets: fill(secrets, secret) };
    released.set(name, new ChartRelease(name, args, { providers: [takesOver ? takingOver : provider], dependsOn }));
  }
  return {
    contract: { version: LAYER_CONTRACT, layers: config.layers },
    statusUrl: config.system.statusUrl,
    unpinnedImages: IMAGE_NAMES.filter((name) => config.images[name].digest === undefined),
    capacity,
  };
}

/**
 * Warns of every pool that offers too little, and when. Throws when the system itself would not run, unless told or
 * only previewed: then nothing has been changed yet.
 */
async function checkCapacity({ config, requirement }: StackConfig['inputs']): Promise<CapacityOutput[]> {
  const { machinesFrom, acceptShortfall } = config.capacity;
  if (machinesFrom === 'config' && config.machines.length === 0) {
    return [];
  }
  const nodes = machinesFrom === 'cluster' ? await readNodes() : nodesOfMachines(config.machines);
  const fit = fitOf(requirement, nodes);
  for (const warning of fitWarnings(fit)) {
    void pulumi.log.warn(warning);
  }
  const refusal = fitRefusal(fit);
  if (refusal !== undefined) {
    if (!pulumi.runtime.isDryRun() && !acceptShortfall) {
      throw new pulumi.RunError(refusal);
    }
    void pulumi.log.warn(refusal);
  }
  return fitOutput(fit);
}

/** The Secrets of a release with their values, which only Pulumi sees. */
function fill(secrets: Release['secrets'], secret: ReadSecret): SecretValues {
  return mapValues(secrets, (sources) =>
    mapValues(sources, ({ key, render }) => (render === undefined ? secret(key) : secret(key).apply(render))),
  );
}

const mapValues = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

/** Which cluster: the provider's own configuration keys, so that people set them as they are used to. */
function clusterAccess() {
  const config = new pulumi.Config('kubernetes');
  const context = config.get('context');
  const kubeconfig = config.getSecret('kubeconfig');
  return {
    enableServerSideApply: true,
    // Changed where they are: pods that read them when they start are made anew by their own hash.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}
