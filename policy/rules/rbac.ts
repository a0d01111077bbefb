import type { KubeObject } from '../../core/kube-object';
import { Namespace } from '../../core/labels';
import { NAMESPACE_PREFIX } from '../../core/project-name';
import { allows, bindingOf, type PolicyRule, rulesOf, type Subject } from '../rbac';
import type { ClusterRule, Finding, ObjectRule } from '../rule';

/**
 * Roles that may say `*`, each with its reason. Empty: both controllers that act everywhere, the workflow-controller and
 * the provisioner, name what they touch.
 */
export const WILDCARD_ROLES: Readonly<Record<string, string>> = {};

const FIELDS = ['apiGroups', 'resources', 'verbs', 'nonResourceURLs'] as const;

/** No role says `*`. */
export const noWildcardRbac: ObjectRule = {
  id: 'no-wildcard-rbac',
  scope: 'object',
  title: 'No role grants `*` but those named with a reason.',
  why: 'A wildcard grants what does not exist yet: the next CRD, the next subresource.',
  check: (object) =>
    WILDCARD_ROLES[object.metadata.name] !== undefined
      ? []
      : rulesOf(object).flatMap((rule, index) =>
          FIELDS.filter((field) => rule[field].includes('*')).map(
            (field) => `rules[${index}].${field} is *, must name what is meant`,
          ),
        ),
};

const inProject = ({ kind, namespace, name }: Subject): boolean =>
  kind === 'ServiceAccount'
    ? (namespace ?? '').startsWith(NAMESPACE_PREFIX)
    : kind === 'Group' && name.startsWith(`system:serviceaccounts:${NAMESPACE_PREFIX}`);

/** Nothing of a project is bound in the whole cluster. */
export const noClusterBindingPerProject: ObjectRule = {
  id: 'no-cluster-binding-per-project',
  scope: 'object',
  title: 'No ClusterRoleBinding names an account of a project, or everybody.',
  why: "It would give the project every other project's namespace, and make each authorization slower.",
  check: (object) => {
    const binding = object.kind === 'ClusterRoleBinding' ? bindingOf(object) : undefined;
    return (binding?.subjects ?? []).flatMap((subject) => {
      if (inProject(subject)) {
        return [`binds ${subject.kind} ${subject.name} of a project, must be a RoleBinding in its namespace`];
      }
      const everybody = ['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts'];
      return subject.kind === 'Group' && everybody.includes(subject.name)
        ? [`binds ${subject.name}, must name who is meant`]
        : [];
    });
  },
};

/** Rights with which a project could come by a credential, each with the words for it. */
const DANGEROUS: readonly (readonly [verb: string, group: string, resource: string])[] = [
  ['get', '', 'secrets'],
  ['list', '', 'secrets'],
  ['watch', '', 'secrets'],
  ['create', '', 'pods'],
  ['create', '', 'pods/exec'],
  ['create', '', 'pods/attach'],
  ['create', '', 'pods/ephemeralcontainers'],
  ['create', '', 'serviceaccounts/token'],
  ['impersonate', '', 'users'],
  ['impersonate', '', 'groups'],
  ['impersonate', '', 'serviceaccounts'],
  ['bind', 'rbac.authorization.k8s.io', 'roles'],
  ['bind', 'rbac.authorization.k8s.io', 'clusterroles'],
  ['escalate', 'rbac.authorization.k8s.io', 'roles'],
  ['escalate', 'rbac.authorization.k8s.io', 'clusterroles'],
];

/** No person or account of a project reaches the namespaces that hold credentials, or a right that leads there. */
export const gerritCredentialsOutOfReach: ClusterRule = {
  id: 'gerrit-credentials-out-of-reach',
  scope: 'cluster',
  title: 'Nobody of a project may read a Secret, make a pod, or act in a namespace of the system.',
  why: "Gerrit's password and key vote and submit as CI; whoever has them merges anything.",
  check: (objects) => {
    const roles = rolesByName(objects);
    return objects.flatMap((object) => {
      const binding = bindingOf(object);
      const { namespace } = object.metadata;
      if (binding === undefined) {
        return [];
      }
      const findings: Finding[] = [];
      const tenants = binding.subjects.filter((subject) => inProject(subject) || isPersonIn(namespace, subject));
      if (tenants.length > 0 && namespace !== undefined && SYSTEM.has(namespace)) {
        findings.push({ object, message: `gives ${nameOf(tenants)} rights in ${namespace}, must give none` });
      }
      const rules = tenants.length === 0 ? [] : (roles.get(roleKey(binding.role, namespace)) ?? []);
      for (const [verb, group, resource] of DANGEROUS) {
        if (rules.some((rule) => allows(rule, verb, group, resource))) {
          findings.push({ object, message: `lets ${nameOf(tenants)} ${verb} ${resource}, must not` });
        }
      }
      return findings;
    });
  },
};

const SYSTEM: ReadonlySet<string> = new Set(Object.values(Namespace));

/** Users bound in a project namespace are its owners and contributors. */
const isPersonIn = (namespace: string | undefined, { kind }: Subject): boolean =>
  kind !== 'ServiceAccount' && namespace?.startsWith(NAMESPACE_PREFIX) === true;

const nameOf = (subjects: readonly Subject[]): string => subjects.map(({ name }) => name).join(', ');

const roleKey = ({ kind, name }: { kind: string; name: string }, namespace: string | undefined): string =>
  kind === 'ClusterRole' ? name : `${namespace}/${name}`;

function rolesByName(objects: readonly KubeObject[]): Map<string, PolicyRule[]> {
  return new Map(
    objects
      .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
      .map((role) => [roleKey({ kind: role.kind, name: role.metadata.name }, role.metadata.namespace), rulesOf(role)]),
  );
}
