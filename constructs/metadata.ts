import { Label, MANAGED_BY } from '../core/labels';

/** Labels on every object of ours. */
export function commonLabels(name: string, component?: string): Record<string, string> {
  return {
    [Label.name]: name,
    ...(component === undefined ? {} : { [Label.component]: component }),
    [Label.partOf]: MANAGED_BY,
    [Label.managedBy]: MANAGED_BY,
  };
}

/** What a selector says: one label, never changed, for a selector is immutable. */
export function selectorLabels(name: string): Record<string, string> {
  return { [Label.name]: name };
}

/** Pod Security labels of a namespace: what is enforced is also warned of and audited. */
export function podSecurityLabels(level: 'restricted' | 'baseline' | 'privileged'): Record<string, string> {
  return Object.fromEntries(['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]));
}
