import { Namespace } from '../../core/labels';
import type { ProvisionerConfig } from '../../core/service-config';
import { messageOf } from '../shared/errors';
import { follow } from '../shared/follow';
import type { KubeClient } from '../shared/kube-client';
import type { Logger } from '../shared/log';
import { parseSettings } from './parse-settings';

/**
 * The configuration as it is now. Followed, not mounted: a changed quota is in force at once, and no pod is made anew for
 * it. What cannot be read is said, and what was read before stays in force.
 */
export class Settings {
  private readonly listeners = new Set<(config: ProvisionerConfig) => void>();
  private readonly objectListeners = new Set<(name: string) => void>();

  constructor(
    private config: ProvisionerConfig,
    private readonly log: Logger,
  ) {}

  get current(): ProvisionerConfig {
    return this.config;
  }

  /** Called with each other configuration; resolves to what ends that. */
  onChange(listener: (config: ProvisionerConfig) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Called with the name of every ConfigMap beside the configuration's that is there, changed or gone. */
  onObject(listener: (name: string) => void): () => void {
    this.objectListeners.add(listener);
    return () => this.objectListeners.delete(listener);
  }

  /** Follows the provisioner's ConfigMaps until the signal fires. */
  follow(kube: KubeClient, signal: AbortSignal): Promise<void> {
    const heard = (key: string) => {
      const name = key.slice(key.indexOf('/') + 1);
      for (const listener of this.objectListeners) listener(name);
    };
    return follow({
      kube,
      path: `/api/v1/namespaces/${Namespace.seakeeperSystem}/configmaps`,
      log: this.log,
      signal,
      onGone: heard,
      onObject: (object, key) => {
        heard(key);
        this.read(object);
      },
    });
  }

  private read(object: unknown): void {
    let changed: ProvisionerConfig | undefined;
    try {
      changed = parseSettings(object);
    } catch (error) {
      const reason = messageOf(error);
      this.log.error({ reason }, 'changed configuration is not valid; the one before stays in force');
    }
    if (changed === undefined || JSON.stringify(changed) === JSON.stringify(this.config)) return;
    this.config = changed;
    this.log.info('configuration changed');
    for (const listener of this.listeners) listener(changed);
  }
}
