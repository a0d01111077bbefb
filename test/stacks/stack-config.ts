import type { ClusterConfig } from '../../stacks/config/schema';
import { SECRET_KEYS } from '../../stacks/config/secrets';
import { GERRIT, IMAGES, NETWORK, PIPELINES } from '../constructs/fixtures';

/** What a stack must say; the rest has defaults. */
export const MINIMAL = {
  images: IMAGES,
  gerrit: GERRIT,
  network: NETWORK,
  pipelines: PIPELINES,
  classes: { default: { executors: 4 } },
  projects: [{ gerritName: 'mediawiki/core' }],
  system: { statusUrl: 'https://ci.example.org' },
} as const;

/** Configuration of a stack as the engine hands it to the program; each secret is its own key in capitals. */
export function engineConfig(overrides: Partial<Record<keyof ClusterConfig, unknown>> = {}) {
  const values = Object.entries({ ...MINIMAL, ...overrides }).map(([key, value]) => [
    `seakeeper:${key}`,
    JSON.stringify(value),
  ]);
  const secrets = SECRET_KEYS.map((key) => [`seakeeper:${key}`, `SECRET-${key.toUpperCase()}`]);
  return {
    config: Object.fromEntries([...values, ...secrets]) as Record<string, string>,
    secretKeys: SECRET_KEYS.map((key) => `seakeeper:${key}`),
  };
}
