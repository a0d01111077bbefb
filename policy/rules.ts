import type { Rule } from './rule';
import { defaultDenyIngress, egressFence, metadataBlocked } from './rules/network';
import { imagesPinned, noHostSharing, noPrivilegedPods, resourcesStated } from './rules/pods';
import { gerritCredentialsOutOfReach, noClusterBindingPerProject, noWildcardRbac } from './rules/rbac';
import { sizeBudget } from './rules/size-budget';

/** Every rule the rendered cluster keeps: run by tests, by `npm run policy` and by the Pulumi policy pack. */
export const RULES: readonly Rule[] = [
  noPrivilegedPods,
  noHostSharing,
  resourcesStated,
  imagesPinned,
  noWildcardRbac,
  noClusterBindingPerProject,
  gerritCredentialsOutOfReach,
  defaultDenyIngress,
  egressFence,
  metadataBlocked,
  sizeBudget,
];
