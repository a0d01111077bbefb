import { ServiceAccounts } from '../../core/access';
import { Label } from '../../core/labels';
import { userName } from '../admission-policy';
import { celList } from './cel-literal';

/** Namespaces of projects, as a policy selects them. */
export const PROJECT_NAMESPACES = { [Label.purpose]: 'project' };

export const ARGO = 'argoproj.io';

/** Administrators of the cluster are trusted with everything anyway: they could take the policies away. */
export const NOT_BY_ADMINISTRATORS = {
  'not-by-administrators': "!has(request.userInfo.groups) || !('system:masters' in request.userInfo.groups)",
};

/** Kubernetes' own controllers: they delete what is due, finalizer by finalizer. */
export const NOT_BY_KUBERNETES = {
  'not-by-kubernetes':
    "!has(request.userInfo.groups) || !('system:serviceaccounts:kube-system' in request.userInfo.groups)",
};

type Account = (typeof ServiceAccounts)[keyof typeof ServiceAccounts];

/** That one of these services asks, in CEL. */
export const isBy = (...accounts: readonly Account[]): string =>
  `request.userInfo.username in ${celList(accounts.map(userName))}`;

/** The condition that none of these services asks. */
export const notBy = (name: string, ...accounts: readonly Account[]): Record<string, string> => ({
  [`not-by-${name}`]: `!(${isBy(...accounts)})`,
});

/** Who writes Workflows as a service of ours. */
export const OUR_WRITERS = [
  ServiceAccounts.trigger,
  ServiceAccounts.reporter,
  ServiceAccounts.workflowController,
] as const;

export const NOT_BY_OUR_WRITERS = notBy('our-services', ...OUR_WRITERS);

/** A map of an object's metadata, empty where it is absent, in CEL. */
export const metadataMap = (object: string, field: 'labels' | 'annotations'): string =>
  `has(${object}.metadata.${field}) ? ${object}.metadata.${field} : {}`;
