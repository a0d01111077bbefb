import type { KubeObject } from '../../core/kube-object';
import { NAMESPACE_PREFIX } from '../../core/project-name';
import { inRange, networkPolicyOf, shuts } from '../network';
import type { ClusterRule, ObjectRule } from '../rule';

/** Addresses that hand out a machine's credentials: AWS, GCP, Azure and OpenStack; AWS over IPv6; link-local IPv6. */
export const METADATA_ADDRESSES = ['169.254.169.254', 'fd00:ec2::254', 'fe80::a9fe:a9fe'] as const;

const fenced = (direction: 'Ingress' | 'Egress'): ClusterRule['check'] =>
  function check(objects) {
    const shut = new Set<string>();
    for (const object of objects) {
      const policy = networkPolicyOf(object);
      if (policy !== undefined && shuts(policy, direction)) {
        shut.add(object.metadata.namespace ?? '');
      }
    }
    return objects
      .filter(({ kind, metadata }) => kind === 'Namespace' && !shut.has(metadata.name))
      .map((object) => ({
        object,
        message: `has no NetworkPolicy that denies all ${direction.toLowerCase()}, must have one with an empty podSelector`,
      }));
  };

/** Every namespace lets in only what is named. */
export const defaultDenyIngress: ClusterRule = {
  id: 'default-deny-ingress',
  scope: 'cluster',
  title: 'Every namespace denies ingress by default.',
  why: "Argo's ports have no client authentication: who reaches them may speak.",
  check: fenced('Ingress'),
};

/** Every namespace lets out only what is named. */
export const egressFence: ClusterRule = {
  id: 'egress-fence',
  scope: 'cluster',
  title: 'Every namespace denies egress by default.',
  why: "Anybody's code runs in project namespaces, and a part of the system that is taken over must not get further.",
  check: fenced('Egress'),
};

/** No opening of a project leads to a metadata address. */
export const metadataBlocked: ObjectRule = {
  id: 'metadata-blocked',
  scope: 'object',
  title: 'No egress of a project reaches a metadata address, over IPv4 or IPv6.',
  why: "A cloud's metadata service hands the node's credentials to whoever asks.",
  check: (object) => {
    const policy = isInProject(object) ? networkPolicyOf(object) : undefined;
    return (policy?.egress ?? []).flatMap(({ to, ports }, index) => [
      ...(to.length === 0 && policy?.policyTypes.includes('Egress')
        ? [`spec.egress[${index}] opens every address${ports.length > 0 ? ' at its ports' : ''}, must name ranges`]
        : []),
      ...to.flatMap(({ ipBlock }) =>
        METADATA_ADDRESSES.filter(
          (address) =>
            ipBlock !== undefined &&
            inRange(address, ipBlock.cidr) &&
            !ipBlock.except.some((cidr) => inRange(address, cidr)),
        ).map((address) => `spec.egress[${index}] opens ${address} (in ${ipBlock?.cidr}), must except it`),
      ),
    ]);
  },
};

const isInProject = ({ metadata }: KubeObject): boolean => metadata.namespace?.startsWith(NAMESPACE_PREFIX) === true;
