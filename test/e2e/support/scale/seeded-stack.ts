import { randomFrom } from '../../../../bench/forecast/random';
import { provisionerConfig } from '../../../../bench/provision/provisioner-config';
import { type ScaleObjects, scaleObjects } from '../../../../bench/provision/scale-objects';
import { ciInputs } from '../../../../bench/render/bench-inputs';
import type { KubeObject } from '../../../../core/kube-object';
import { ProjectSpec, ProvisionerObject } from '../../../../core/project';
import { ProvisionerConfig } from '../../../../core/service-config';
import type { StackInputs } from '../../../../stacks/release';

/** Names as Gerrit has them: case, dots, underscores and other alphabets included. */
const SHAPES = [
  (index: number) => `mediawiki/extensions/Scale${index}`,
  (index: number) => `operations/debs/scale-${index}.2`,
  (index: number) => `Scale/UPPER_${index}`,
  (index: number) => `scale/проект-${index}`,
  (index: number) => `scale/${'deep/'.repeat(5)}${index}`,
] as const;

/**
 * Stack `ci` with so many of its projects, drawn by the seed; where it has fewer, others of every class, shape of name
 * and number of people are added.
 */
export function seededInputs(count: number, seed: number): StackInputs {
  const { config, requirement } = ciInputs();
  const random = randomFrom(seed);
  const classes = Object.keys(config.classes);
  const people = (prefix: string) =>
    Array.from({ length: Math.floor(random.uniform(0, 4)) }, (_, index) => `${prefix}-${index}-${seed}`);
  const drawn = draw(config.projects, Math.min(count, config.projects.length), random.uniform);
  const added = Array.from({ length: count - drawn.length }, (_, index) =>
    ProjectSpec.parse({
      gerritName: random.pick(SHAPES)(index),
      class: classes[Math.floor(random.uniform(0, classes.length))],
      visibility: random.chance(0.1) ? 'private' : 'public',
      owners: people('owner'),
      contributors: people('contributor'),
    }),
  );
  return { config: { ...config, projects: [...drawn, ...added] }, requirement };
}

/** So many of the items, each at most once, drawn by `uniform`. */
export function draw<Item>(
  items: readonly Item[],
  count: number,
  uniform: (low: number, high: number) => number,
): Item[] {
  const left = [...items];
  return Array.from({ length: count }, () => left.splice(Math.floor(uniform(0, left.length)), 1)).flat();
}

/** The same stack with one pod more for every class: every quota is another one then. */
export function withOnePodMore({ config, requirement }: StackInputs): StackInputs {
  const more = Object.entries(requirement.quotas).map(([name, limits]) => [name, { ...limits, pods: limits.pods + 1 }]);
  return { config, requirement: { ...requirement, quotas: Object.fromEntries(more) } };
}

/** A stack's objects, and what its provisioner is told. */
export interface ScaleStack extends ScaleObjects {
  readonly config: ProvisionerConfig;
  /** The ConfigMap that says so, which the provisioner follows. */
  readonly configMap: KubeObject;
}

/** Without Gerrit, which is not there, and with namespaces that go as soon as their projects do. */
export function scaleStack(inputs: StackInputs): ScaleStack {
  const stack = scaleObjects(inputs);
  const { gerrit: _gerrit, ledgerUrl: _ledger, ...rest } = provisionerConfig(stack);
  const config = ProvisionerConfig.parse({
    ...rest,
    retirement: { drainMinutes: 0, retentionDays: 0 },
    selfServe: { enabled: false },
    members: { enabled: false },
  });
  const isConfig = ({ kind, metadata }: KubeObject) =>
    kind === 'ConfigMap' && metadata.name === ProvisionerObject.config;
  const found = stack.ground.find(isConfig);
  if (found === undefined) throw new Error(`stack ci has no ConfigMap ${ProvisionerObject.config}`);
  const configMap = { ...found, data: { 'config.json': JSON.stringify(config) } };
  const ground = stack.ground.map((object) => (isConfig(object) ? configMap : object));
  return { ...stack, ground, config, configMap };
}
