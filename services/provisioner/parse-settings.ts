import { z } from 'zod';
import { ProvisionerObject } from '../../core/project';
import { ProvisionerConfig } from '../../core/service-config';

const ConfigObject = z.object({
  metadata: z.object({ name: z.literal(ProvisionerObject.config) }),
  data: z.object({ 'config.json': z.string() }),
});

/**
 * The configuration in a ConfigMap of the provisioner's namespace; undefined when the ConfigMap is another one. Throws
 * when it is ours and says nothing valid.
 */
export function parseSettings(object: unknown): ProvisionerConfig | undefined {
  const found = ConfigObject.safeParse(object);
  return found.success ? ProvisionerConfig.parse(JSON.parse(found.data.data['config.json'])) : undefined;
}
