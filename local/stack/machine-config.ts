import { readFileSync } from 'node:fs';
import type { Images } from '../../core/images';
import type { EgressHole, GerritEndpoint, NetworkConfig } from '../../core/service-config';
import type { SecretKey } from '../../stacks/config/secrets';
import { ADDRESS_PLAN } from '../cluster/address-plan';
import type { MachineValues } from '../pulumi/local-stack';
import type { MachineSecrets } from './stack-secrets';

const host = (address: string): EgressHole['to'] => ({ kind: 'cidr', cidrs: [`${address}/32`] });

/** The local node's ranges, and what project pods may reach inside them. */
export const LOCAL_NETWORK: NetworkConfig = {
  gerritCidrs: [`${ADDRESS_PLAN.gerritAddress}/32`],
  clusterCidrs: [ADDRESS_PLAN.clusterCidr, ADDRESS_PLAN.serviceCidr, ADDRESS_PLAN.subnet],
  holes: [
    {
      name: 'dns',
      to: host(ADDRESS_PLAN.nodeAddress),
      ports: [
        { protocol: 'UDP', port: 53 },
        { protocol: 'TCP', port: 53 },
      ],
    },
    {
      name: 'api-server',
      to: host(ADDRESS_PLAN.nodeAddress),
      ports: [{ protocol: 'TCP', port: ADDRESS_PLAN.apiPort }],
    },
    {
      name: 'artifact-store',
      to: { kind: 'pods', namespace: 'artifacts', labels: { 'app.kubernetes.io/name': 'minio' } },
      ports: [{ protocol: 'TCP', port: 9000 }],
    },
    { name: 'gerrit', to: host(ADDRESS_PLAN.gerritAddress), ports: [{ protocol: 'TCP', port: 8080 }] },
  ],
};

/**
 * What this machine adds to the committed configuration of stack `local`: what `npm start` found out and made up.
 * Credential files are read here, and nowhere logged.
 */
export function machineValues(found: {
  readonly images: Images;
  readonly gerrit: GerritEndpoint;
  readonly kubeconfig: string;
  readonly sshKeyFile: string;
  readonly httpPasswordFile: string;
  readonly secrets: MachineSecrets;
}): MachineValues {
  const secrets = {
    ...found.secrets,
    gerritSshKey: readFileSync(found.sshKeyFile, 'utf8'),
    gerritHttpPassword: readFileSync(found.httpPasswordFile, 'utf8').trim(),
  } satisfies Record<SecretKey, string>;
  return {
    values: {
      'kubernetes:kubeconfig': found.kubeconfig,
      ...prefixed({ images: found.images, gerrit: found.gerrit, network: LOCAL_NETWORK }),
    },
    secrets: prefixed(secrets),
  };
}

function prefixed<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [`seakeeper:${key}`, value]));
}
