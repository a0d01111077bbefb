import type { KubeObject } from '../../core/kube-object';
import { compareText, fields, list, strings } from '../json';
import { quoted } from '../quoted';

/** One right: a verb on a resource (or a path of the API server), of all objects or one by name. */
export interface Right {
  readonly group: string;
  /** Resource, or a path beginning with `/`. */
  readonly resource: string;
  readonly verb: string;
  /** Empty: every object. */
  readonly name: string;
}

/** The rights of a Role or ClusterRole. */
export function rightsOf(role: KubeObject | undefined): Right[] {
  return list(role?.['rules']).flatMap((rule) => {
    const { apiGroups, resources, verbs, resourceNames, nonResourceURLs } = fields(rule);
    const names = strings(resourceNames).length === 0 ? [''] : strings(resourceNames);
    return strings(verbs).flatMap((verb) => [
      ...strings(nonResourceURLs).map((resource) => ({ group: '', resource, verb, name: '' })),
      ...strings(apiGroups).flatMap((group) =>
        strings(resources).flatMap((resource) => names.map((name) => ({ group, resource, verb, name }))),
      ),
    ]);
  });
}

/** The rights of `after` that `before` does not give, wildcards counted. */
export const gainedRights = (before: readonly Right[], after: readonly Right[]): Right[] =>
  after.filter((right) => !before.some((had) => covers(had, right)));

/** Whether a right includes another. */
export function covers(had: Right, right: Right): boolean {
  return (
    (had.verb === '*' || had.verb === right.verb) &&
    (had.name === '' || had.name === right.name) &&
    (isPath(had) || isPath(right) ? coversPath(had, right) : coversResource(had, right))
  );
}

const isPath = ({ resource }: Right): boolean => resource.startsWith('/');

function coversPath(had: Right, right: Right): boolean {
  if (!isPath(had) || !isPath(right)) return false;
  return had.resource.endsWith('*')
    ? right.resource.startsWith(had.resource.slice(0, -1))
    : had.resource === right.resource;
}

function coversResource(had: Right, right: Right): boolean {
  const [, subresource] = right.resource.split('/');
  return (
    (had.group === '*' || had.group === right.group) &&
    (had.resource === '*' ||
      had.resource === right.resource ||
      (subresource !== undefined && had.resource === `*/${subresource}`))
  );
}

const READS: readonly string[] = ['get', 'list', 'watch', '*'];

/** Whether a right lets its holder read secret values, or get hold of a token that can. */
export function reachesSecrets({ group, resource, verb }: Right): boolean {
  const core = group === '' || group === '*';
  return (
    (core && (resource === 'secrets' || resource === '*') && READS.includes(verb)) ||
    (core && resource === 'serviceaccounts/token' && (verb === 'create' || verb === '*'))
  );
}

/** Rights as a sentence's part: verbs by resource, sorted. */
export function describeRights(rights: readonly Right[]): string {
  const verbs = new Map<string, Set<string>>();
  for (const { group, resource, verb, name } of rights) {
    const full = group === '' || resource.startsWith('/') ? resource : `${resource}.${group}`;
    const target = name === '' ? full : `${full} ${name}`;
    verbs.set(target, (verbs.get(target) ?? new Set()).add(verb));
  }
  return [...verbs]
    .map(([target, its]) => `${quoted([...its].sort(compareText).join(', '))} on ${quoted(target)}`)
    .sort(compareText)
    .join('; ');
}
