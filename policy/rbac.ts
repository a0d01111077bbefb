import { z } from 'zod';
import type { KubeObject } from '../core/kube-object';

const Names = z.array(z.string()).default([]);

/** A rule of a role. */
export const PolicyRule = z.looseObject({
  apiGroups: Names,
  resources: Names,
  verbs: Names,
  nonResourceURLs: Names,
  resourceNames: Names,
});
export type PolicyRule = z.infer<typeof PolicyRule>;

/** Who a binding is for. */
export const Subject = z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() });
export type Subject = z.infer<typeof Subject>;

const Role = z.looseObject({ rules: z.array(PolicyRule).nullish() });
const Binding = z.looseObject({
  roleRef: z.looseObject({ kind: z.string(), name: z.string() }),
  subjects: z.array(Subject).nullish(),
});

/** Rules of a Role or ClusterRole; none for another kind. */
export function rulesOf(object: KubeObject): PolicyRule[] {
  return object.kind === 'Role' || object.kind === 'ClusterRole' ? (Role.parse(object).rules ?? []) : [];
}

/** A binding as plain data; undefined for another kind. */
export function bindingOf(object: KubeObject) {
  if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding') {
    return undefined;
  }
  const { roleRef, subjects } = Binding.parse(object);
  return { role: roleRef, subjects: subjects ?? [] };
}

const has = (names: readonly string[], name: string): boolean => names.includes(name) || names.includes('*');

/** Whether a rule gives a right. Rules that name single objects give it for those. */
export function allows(rule: PolicyRule, verb: string, group: string, resource: string): boolean {
  return has(rule.verbs, verb) && has(rule.apiGroups, group) && has(rule.resources, resource);
}
