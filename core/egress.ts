import type { NetworkConfig } from './service-config';

/** Addresses that hand out a machine's credentials, whatever the cluster: never reachable from a project's pod. */
export const METADATA_CIDRS = ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254/128'] as const;

const ANYWHERE = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

/** Holes that parts of the system go through as well, by name: without them nothing resolves a name or asks the API server. */
export const SYSTEM_HOLES = ['dns', 'api-server'] as const;
export type SystemHole = (typeof SYSTEM_HOLES)[number];

/** A range and the parts of it that stay shut. */
export interface OpenRange {
  readonly cidr: string;
  readonly except: readonly string[];
}

/** Everything outside the cluster, one range an address family; sorted, so equal config renders equal policies. */
export function outsideRanges(network: NetworkConfig): OpenRange[] {
  const shut = [...new Set([...METADATA_CIDRS, ...network.clusterCidrs])].sort();
  const isIpv6 = (cidr: string): boolean => cidr.includes(':');
  return [
    { cidr: ANYWHERE.ipv4, except: shut.filter((cidr) => !isIpv6(cidr)) },
    { cidr: ANYWHERE.ipv6, except: shut.filter(isIpv6) },
  ];
}
