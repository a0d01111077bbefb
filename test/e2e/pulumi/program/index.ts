import { readFileSync } from 'node:fs';
import { Provider } from '@pulumi/kubernetes/provider';
import * as pulumi from '@pulumi/pulumi';
import type { FixtureProgram } from '../../support/pulumi-fixture';

/** Registers what a test wrote down, each object as one resource after those it names. */
const { provider: settings, resources }: FixtureProgram = JSON.parse(readFileSync('program.json', 'utf8'));

class KubeResource extends pulumi.CustomResource {}

const provider = new Provider('cluster', settings);
const made = new Map<string, pulumi.Resource>();

for (const { name, type, object, after = [], secret = [], unknown = [], ignoreChanges = [] } of resources) {
  const inputs: pulumi.Inputs = { ...object };
  for (const key of secret) inputs[key] = pulumi.secret(inputs[key]);
  for (const [key, source] of unknown) inputs[key] = made.get(source)?.urn.apply(() => object[key]);
  const dependsOn = after.flatMap((other) => made.get(other) ?? []);
  made.set(name, new KubeResource(type, name, inputs, { provider, dependsOn, ignoreChanges }));
}
