import { z } from 'zod';
import { parseClusterConfig } from '../../stacks/config/parse-config';
import { type ClusterConfig, LAYERS, REQUIRED_KEYS } from '../../stacks/config/schema';
import { SECRET_KEYS } from '../../stacks/config/secrets';

/** What `pulumi config --json` prints: values by full key; those of secrets are left out. */
export const PrintedConfig = z.record(
  z.string(),
  z.object({ value: z.string().optional(), objectValue: z.unknown().optional(), secret: z.boolean().default(false) }),
);
export type PrintedConfig = z.infer<typeof PrintedConfig>;

const PREFIX = 'seakeeper:';

/** A stack's configuration that a cluster can be set up with. */
export interface CheckedStack {
  readonly config: ClusterConfig;
  /** Whether the context has yet to be written to the stack's configuration. */
  readonly recordContext: boolean;
}

/**
 * Checks everything that can be known before the cluster is touched. Pure.
 *
 * @throws one error that names every bad or missing key, or the cluster the stack already belongs to
 */
export function checkStackConfig(stack: string, context: string, printed: PrintedConfig): CheckedStack {
  if (printed['kubernetes:kubeconfig'] !== undefined) {
    throw new Error(
      `stack '${stack}' names its cluster by kubernetes:kubeconfig; to name it by context, \`pulumi config rm kubernetes:kubeconfig --stack ${stack}\``,
    );
  }
  const recorded = printed['kubernetes:context']?.value;
  if (recorded !== undefined && recorded !== context) {
    throw new Error(
      `stack '${stack}' is on context '${recorded}', not '${context}'; a second cluster needs a stack of its own: give another --stack`,
    );
  }
  const secrets = new Set<string>(SECRET_KEYS);
  const raw = Object.fromEntries(
    Object.entries(printed)
      .filter(([key]) => key.startsWith(PREFIX) && !secrets.has(key.slice(PREFIX.length)))
      .map(([key, { value, objectValue }]) => [key.slice(PREFIX.length), objectValue ?? value]),
  );
  // Pulumi prints the defaults of Pulumi.yaml too, so what has one says nothing.
  if (REQUIRED_KEYS.every((key) => raw[key] === undefined)) {
    throw new Error(
      `stack '${stack}' is not configured; copy Pulumi.ci.yaml to Pulumi.${stack}.yaml, fit it to your site, and run the same command again`,
    );
  }
  const config = parseClusterConfig(raw);
  const missing = SECRET_KEYS.filter((key) => printed[`${PREFIX}${key}`] === undefined);
  // A stack of some layers needs some of the secrets; Pulumi says which.
  if (missing.length > 0 && config.layers.length === LAYERS.length) {
    const commands = missing.map((key) => `  pulumi config set --secret --stack ${stack} ${PREFIX}${key}`);
    throw new Error(`stack '${stack}' lacks secrets; set each with:\n${commands.join('\n')}`);
  }
  return { config, recordContext: recorded === undefined };
}
