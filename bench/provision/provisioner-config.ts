import { z } from 'zod';
import { ProvisionerObject } from '../../core/project';
import { ProvisionerConfig } from '../../core/service-config';
import type { ScaleObjects } from './scale-objects';

const ConfigMap = z.object({
  kind: z.literal('ConfigMap'),
  metadata: z.object({ name: z.literal(ProvisionerObject.config) }),
  data: z.object({ 'config.json': z.string() }),
});

/** What the stack gives its provisioner, read from its own ConfigMap. Throws when the stack has none. */
export function provisionerConfig({ ground }: Pick<ScaleObjects, 'ground'>): ProvisionerConfig {
  const found = ground.flatMap((object) => ConfigMap.safeParse(object).data ?? [])[0];
  if (found === undefined) throw new Error(`the stack has no ConfigMap ${ProvisionerObject.config}`);
  return ProvisionerConfig.parse(JSON.parse(found.data['config.json']));
}
