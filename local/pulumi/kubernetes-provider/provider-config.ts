import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import type { MutabilityOptions } from './immutable-fields';
import type { JsonObject } from './json';
import { UNKNOWN } from './property-values';

/** The SDK sends booleans as JSON text. */
const Flag = z.union([z.boolean(), z.enum(['true', 'false', '']).transform((text) => text === 'true')]).optional();

/** Inputs of the `kubernetes.Provider` resource, as far as they are heeded here. */
const ProviderInputs = z.object({
  kubeconfig: z.string().optional(),
  context: z.string().optional(),
  cluster: z.string().optional(),
  namespace: z.string().optional(),
  enablePatchForce: Flag,
  enableConfigMapMutable: Flag,
  enableSecretMutable: Flag,
  enableServerSideApply: Flag,
  upsertExistingObjects: Flag,
});

/** Inputs of upstream's provider that change what it does and that this one cannot do. */
const UNSUPPORTED = ['renderYamlToDirectory', 'deleteUnreachable', 'skipUpdateUnreachable'] as const;

export interface ProviderConfig {
  /** Undefined: which cluster is meant is not known yet, or cannot be found out. */
  readonly kubeConfig: KubeConfig | undefined;
  /** Why there is no `kubeConfig`. */
  readonly missing: string;
  readonly defaultNamespace: string;
  /** Take fields over from other managers unless an object says otherwise. */
  readonly patchForce: boolean;
  readonly mutability: MutabilityOptions;
  /** Take over objects that exist already. */
  readonly upsert: boolean;
}

/** Problems of the provider's inputs, by property. */
export function checkProviderInputs(inputs: JsonObject): { property: string; reason: string }[] {
  const failures: { property: string; reason: string }[] = UNSUPPORTED.filter(
    (name) => ![undefined, '', 'false', 'undefined'].includes(textOf(inputs[name])),
  ).map((property) => ({ property, reason: `${property} needs upstream's Kubernetes provider` }));
  if (textOf(inputs['enableServerSideApply']) === 'false') {
    failures.push({
      property: 'enableServerSideApply',
      reason: 'only server-side apply is there; remove it or set true',
    });
  }
  return failures;
}

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

/** Reads the provider's inputs and finds its cluster. Never throws for a cluster that cannot be found: a preview needs none. */
export function readProviderConfig(inputs: JsonObject): ProviderConfig {
  const heeded = Object.fromEntries(
    Object.entries(inputs).filter(([, value]) => value !== UNKNOWN && value !== 'undefined'),
  );
  const options = ProviderInputs.parse(heeded);
  const found = inputs['kubeconfig'] === UNKNOWN ? 'kubeconfig is known only after an update' : findCluster(options);
  const kubeConfig = typeof found === 'string' ? undefined : found;
  const context = kubeConfig?.getContextObject(kubeConfig.getCurrentContext());
  return {
    kubeConfig,
    missing: typeof found === 'string' ? found : '',
    defaultNamespace: options.namespace || context?.namespace || 'default',
    patchForce: options.enablePatchForce ?? false,
    mutability: {
      configMapMutable: options.enableConfigMapMutable ?? false,
      secretMutable: options.enableSecretMutable ?? false,
    },
    upsert: options.upsertExistingObjects ?? false,
  };
}

function findCluster(options: z.infer<typeof ProviderInputs>): KubeConfig | string {
  const config = new KubeConfig();
  try {
    const problem = load(config, options.kubeconfig ?? '');
    if (problem !== undefined) return problem;
  } catch (error) {
    return `kubeconfig cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (options.context) config.setCurrentContext(options.context);
  const context = config.getContextObject(config.getCurrentContext());
  if (!context) {
    const known = config.getContexts().map(({ name }) => name);
    return `kubeconfig has no context '${config.getCurrentContext()}', it has: ${known.join(', ') || 'none'}`;
  }
  const cluster = options.cluster || context.cluster;
  config.contexts = config.contexts.map((each) => (each.name === context.name ? { ...each, cluster } : each));
  return config.getCurrentCluster() ? config : `kubeconfig has no cluster '${cluster}'`;
}

/** Fills `config` from a path, from contents, or from where every client looks; says so when there is nothing. */
function load(config: KubeConfig, kubeconfig: string): string | undefined {
  if (kubeconfig === '') {
    if (!hasDefault(process.env)) return 'no kubeconfig: set kubernetes:kubeconfig, kubernetes:context or KUBECONFIG';
    config.loadFromDefault();
  } else if (kubeconfig.includes('\n') || kubeconfig.trimStart().startsWith('{')) {
    config.loadFromString(kubeconfig);
  } else {
    if (!existsSync(kubeconfig)) return `kubeconfig '${kubeconfig}' does not exist`;
    config.loadFromFile(kubeconfig);
  }
  return undefined;
}

/** Whether there is a configuration where the client library looks for one; it makes one up otherwise. */
const hasDefault = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env['KUBECONFIG'] || env['KUBERNETES_SERVICE_HOST']) || existsSync(join(homedir(), '.kube', 'config'));
