import type { KubeObject } from '../core/kube-object';
import { bindingOf, type PolicyRule, rulesOf, type Subject } from './rbac';

/** Who asks, as the API server knows them once they are authenticated. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

/** What they want to do with objects of the API. */
export interface AccessQuestion {
  readonly verb: string;
  /** API group; empty is the core group. */
  readonly group: string;
  /** `pods`, or with a subresource `pods/log`. */
  readonly resource: string;
  /** Absent: an object of the cluster, or of all namespaces at once. */
  readonly namespace?: string | undefined;
  /** Absent: no object in particular, or all of them. */
  readonly name?: string | undefined;
}

/** What gives a right. */
export interface Grant {
  /** `RoleBinding owners`, or `ClusterRoleBinding …`. */
  readonly binding: string;
  /** `ClusterRole …` or `Role …`. */
  readonly role: string;
}

interface Binding extends Grant {
  /** Absent: of the whole cluster. */
  readonly namespace: string | undefined;
  readonly subjects: readonly Subject[];
  readonly rules: readonly PolicyRule[];
}

const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** A ServiceAccount as the API server knows it. */
export function serviceAccountIdentity({ namespace, name }: { namespace: string; name: string }): Identity {
  return {
    user: `${SERVICE_ACCOUNT}${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

/** The rights of roles and bindings, as Kubernetes' RBAC authorizer reads them. Pure; objects of other kinds are ignored. */
export class Authorizer {
  private readonly bindings: readonly Binding[];

  constructor(objects: Iterable<KubeObject>) {
    const all = [...objects];
    const roles = new Map(
      all
        .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
        .map((role) => [roleKey(role.kind, role.metadata.namespace, role.metadata.name), rulesOf(role)]),
    );
    this.bindings = all.flatMap((object) => {
      const binding = bindingOf(object);
      if (binding === undefined) return [];
      const { kind, metadata } = object;
      const { role, subjects } = binding;
      return {
        binding: `${kind} ${metadata.name}`,
        role: `${role.kind} ${role.name}`,
        namespace: kind === 'RoleBinding' ? (metadata.namespace ?? '') : undefined,
        subjects,
        // A role that is not there gives nothing.
        rules: roles.get(roleKey(role.kind, metadata.namespace, role.name)) ?? [],
      };
    });
  }

  /** What gives the right, the cluster's bindings first; undefined when nothing does. */
  answer(identity: Identity, question: AccessQuestion): Grant | undefined {
    const found = this.bindings
      .filter(({ namespace }) => namespace === undefined || (namespace !== '' && namespace === question.namespace))
      .find(
        ({ namespace, subjects, rules }) =>
          subjects.some((subject) => isSubject(subject, identity, namespace)) &&
          rules.some((rule) => gives(rule, question)),
      );
    return found === undefined ? undefined : { binding: found.binding, role: found.role };
  }
}

const roleKey = (kind: string, namespace: string | undefined, name: string): string =>
  kind === 'ClusterRole' ? `/${name}` : `${namespace}/${name}`;

function isSubject(subject: Subject, { user, groups }: Identity, bindingNamespace: string | undefined): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user;
    case 'Group':
      return groups.includes(subject.name);
    case 'ServiceAccount': {
      const namespace = subject.namespace || bindingNamespace;
      return namespace !== undefined && user === `${SERVICE_ACCOUNT}${namespace}:${subject.name}`;
    }
    default:
      return false;
  }
}

const hasOrAll = (names: readonly string[], name: string): boolean => names.includes(name) || names.includes('*');

function gives(rule: PolicyRule, { verb, group, resource, name }: AccessQuestion): boolean {
  const [, subresource] = resource.split('/', 2);
  // `*` is every resource with its subresources; `pods/*` is none of them; `*/scale` is that one of every resource.
  const isMeant =
    hasOrAll(rule.resources, resource) || (subresource !== undefined && rule.resources.includes(`*/${subresource}`));
  const isNamed = rule.resourceNames.length === 0 || (name !== undefined && rule.resourceNames.includes(name));
  return isMeant && isNamed && hasOrAll(rule.verbs, verb) && hasOrAll(rule.apiGroups, group);
}
