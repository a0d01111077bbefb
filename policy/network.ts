import { BlockList, isIPv6 } from 'node:net';
import { z } from 'zod';
import type { KubeObject } from '../core/kube-object';

const IpBlock = z.looseObject({ cidr: z.string(), except: z.array(z.string()).default([]) });
const Peer = z.looseObject({ ipBlock: IpBlock.optional() });
const Spec = z.looseObject({
  podSelector: z.looseObject({
    matchLabels: z.record(z.string(), z.string()).optional(),
    matchExpressions: z.array(z.unknown()).optional(),
  }),
  policyTypes: z.array(z.string()).default([]),
  ingress: z.array(z.looseObject({})).default([]),
  egress: z
    .array(z.looseObject({ to: z.array(Peer).default([]), ports: z.array(z.unknown()).default([]) }))
    .default([]),
});

/** A NetworkPolicy's spec, as far as rules look at it; undefined for another kind. */
export function networkPolicyOf(object: KubeObject): z.infer<typeof Spec> | undefined {
  return object.kind === 'NetworkPolicy' ? Spec.parse(object['spec']) : undefined;
}

/** Whether a policy shuts one direction for every pod of its namespace. */
export function shuts(policy: z.infer<typeof Spec>, direction: 'Ingress' | 'Egress'): boolean {
  const { matchLabels = {}, matchExpressions = [] } = policy.podSelector;
  const rules = direction === 'Ingress' ? policy.ingress : policy.egress;
  const everyPod = Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
  return everyPod && policy.policyTypes.includes(direction) && rules.length === 0;
}

/** Whether an address lies in a range, both of either family. */
export function inRange(address: string, cidr: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (isIPv6(network) !== (family === 'ipv6')) {
    return false;
  }
  const range = new BlockList();
  range.addSubnet(network, Number(prefix), family);
  return range.check(address, family);
}
