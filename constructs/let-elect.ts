import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { commonLabels } from './metadata';
import { type AccountReference, bindInNamespace, electBy } from './rbac';

/** Lets replicas of a service agree by one Lease of their namespace who works. A new one cannot be allowed by name. */
export function letElect(scope: Construct, account: AccountReference, lease: string): void {
  const rules = electBy(lease);
  const name = `${account.name}-lease`;
  const { namespace } = account;
  new k8s.KubeRole(scope, 'Lease', { metadata: { name, namespace, labels: commonLabels(name) }, rules });
  bindInNamespace(scope, 'Bind-lease', { name, namespace, role: { kind: 'Role', name }, accounts: [account] });
}
