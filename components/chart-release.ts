import * as pulumi from '@pulumi/pulumi';
import type { Chart } from 'cdk8s';
import { KubeObject } from '../core/kube-object';
import { resourceName, stageOf, typeToken } from './kube-object';

/** Secret name, then key, then value. */
export type SecretValues = Readonly<Record<string, Readonly<Record<string, pulumi.Input<string>>>>>;

/** Arguments for `ChartRelease`. */
export interface ChartReleaseArgs {
  /** Chart to release. Synthesized once, here; objects added to it later are not released. */
  readonly chart: Chart;

  /**
   * Secret values the chart's pods mount.
   *
   * Outputs never enter a chart. The chart refers to a Secret by name and Pulumi fills it in.
   *
   * @default - no Secrets
   */
  readonly secrets?: SecretValues;
}

/**
 * Applies one cdk8s chart: each object as a resource of its own under a stable name, so that a preview shows exactly
 * what changes; Secrets first, then by stage. Pulumi deletes in the reverse order.
 */
export class ChartRelease extends pulumi.ComponentResource {
  constructor(name: string, args: ChartReleaseArgs, opts: pulumi.ComponentResourceOptions) {
    super('seakeeper:index:ChartRelease', name, {}, opts);

    const { chart, secrets = {} } = args;
    const { namespace } = chart;
    if (namespace === undefined && Object.keys(secrets).length > 0) {
      throw new pulumi.InputPropertyError({
        propertyPath: 'secrets',
        reason: `chart '${chart.node.path}' must declare a namespace to hold them`,
      });
    }
    const objects = chart.toJson().map((object) => KubeObject.parse(object));

    let ready: pulumi.Resource[] = Object.entries(secrets).map(([secretName, stringData]) =>
      this.apply(secretObject(secretName, namespace), [], { stringData }),
    );
    for (const stage of [...new Set(objects.map(stageOf))].sort((a, b) => a - b)) {
      const before = ready;
      const applied = objects
        .filter((object) => stageOf(object) === stage)
        .map((object) => this.apply(object, before, object));
      // A stage waits for all that is before it, so each need only name the last one.
      ready = applied;
    }
    this.registerOutputs({});
  }

  private apply(object: KubeObject, dependsOn: readonly pulumi.Resource[], inputs: pulumi.Inputs): pulumi.Resource {
    const { apiVersion, kind, metadata } = object;
    return new KubeResource(
      typeToken(object),
      resourceName(object),
      { ...inputs, apiVersion, kind, metadata },
      { parent: this, dependsOn: [...dependsOn] },
    );
  }
}

/** Any API object. The SDK's class of each kind adds types only, and takes a second to load. */
class KubeResource extends pulumi.CustomResource {}

function secretObject(name: string, namespace: string | undefined): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  };
}
