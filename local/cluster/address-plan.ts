/**
 * Names and addresses of the local cluster. All are fixed: two local clusters on one machine are not offered, and a
 * fixed plan lets a precondition say who else holds an address.
 */
export const ADDRESS_PLAN = {
  namespace: 'seakeeper',
  /** The host's end of the one veth pair. */
  hostInterface: 'seakeeper0',
  nodeInterface: 'seakeeper1',
  bridge: 'seakeeper-br0',
  subnet: '10.250.0.0/24',
  hostAddress: '10.250.0.1',
  nodeAddress: '10.250.0.2',
  gerritAddress: '10.250.0.3',
  prefixLength: 24,
  clusterCidr: '10.244.0.0/16',
  podCidr: '10.244.0.0/24',
  serviceCidr: '10.96.0.0/16',
  /** First address of the Service range: what pods know as `kubernetes.default`. */
  apiServiceAddress: '10.96.0.1',
  dnsServiceAddress: '10.96.0.10',
  apiPort: 6443,
  nodeName: 'seakeeper',
  clusterDomain: 'cluster.local',
} as const;

/** Where clients on the host and on the node reach the API server. */
export const API_SERVER_URL = `https://${ADDRESS_PLAN.nodeAddress}:${ADDRESS_PLAN.apiPort}`;
