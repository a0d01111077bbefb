/** Where a Gerrit listens. */
export interface GerritAddress {
  /** IP address, listened on and advertised. */
  readonly host: string;
  readonly httpPort: number;
  readonly sshPort: number;
}

/** The local cluster's Gerrit: the second address of its network namespace, so that pods and the host reach it. */
export const CLUSTER_ADDRESS: GerritAddress = { host: '10.250.0.3', httpPort: 8080, sshPort: 29418 };

/** Base URL of REST and of git over HTTP, no trailing slash. */
export const httpUrl = (address: GerritAddress): string => `http://${address.host}:${address.httpPort}`;
