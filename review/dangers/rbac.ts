import type { KubeObject } from '../../core/kube-object';
import type { ClusterIndex } from '../cluster-index';
import { kindOf } from '../cluster-object';
import { at, compareText, fields, list, same } from '../json';
import type { ObjectChange } from '../object-change';
import { quoted } from '../quoted';
import { type Danger, type DangerContext, type DangerRule, danger } from './danger';
import { describeRights, gainedRights, reachesSecrets, rightsOf } from './rbac-rules';

const GROUP = 'rbac.authorization.k8s.io';
const isRole = (kind: string): boolean => kind === `${GROUP}/Role` || kind === `${GROUP}/ClusterRole`;
const isBinding = (kind: string): boolean => kind === `${GROUP}/RoleBinding` || kind === `${GROUP}/ClusterRoleBinding`;

/** Roles that give more and bindings that give to more. A new role by itself gives nothing: its binding does. */
export const findRbacWidening: DangerRule = (change, context) => {
  if (change.after === undefined) return [];
  if (isRole(change.kind)) return roleDangers(change);
  return isBinding(change.kind) ? bindingDangers(change, context) : [];
};

function roleDangers(change: ObjectChange): Danger[] {
  const { before, after } = change;
  const aggregated = aggregates(change);
  if (before === undefined || after === undefined) return aggregated;
  const gained = gainedRights(rightsOf(before), rightsOf(after));
  const secrets = gained.filter(reachesSecrets);
  return [
    ...(gained.length > 0 ? [danger('rbac', change, `gains ${describeRights(gained)}`)] : []),
    ...(secrets.length > 0 ? [danger('secrets', change, `gains ${describeRights(secrets)}`)] : []),
    ...aggregated,
  ];
}

/** A role that adds itself to others, or takes others in, by label. */
function aggregates(change: ObjectChange): Danger[] {
  const { before, after } = change;
  const labels = Object.entries(fields(after?.metadata['labels'])).filter(
    ([label, value]) =>
      label.startsWith(`${GROUP}/aggregate-to-`) &&
      value === 'true' &&
      at(before, 'metadata', 'labels', label) !== 'true',
  );
  const takesIn =
    after?.['aggregationRule'] !== undefined && !same(before?.['aggregationRule'], after['aggregationRule']);
  return [
    ...labels.map(([label]) =>
      danger(
        'rbac',
        change,
        `its rights are added to every holder of ${quoted(label.slice(`${GROUP}/aggregate-to-`.length))}`,
      ),
    ),
    ...(takesIn ? [danger('rbac', change, 'takes in the rights of other roles by label (aggregationRule)')] : []),
  ];
}

function bindingDangers(change: ObjectChange, context: DangerContext): Danger[] {
  const { before, after } = change;
  if (after === undefined) return [];
  const sameRole = same(before?.['roleRef'], after['roleRef']);
  const had = sameRole ? subjectsOf(before) : [];
  const gained = subjectsOf(after).filter((subject) => !had.includes(subject));
  if (gained.length === 0) return [];
  const role = roleOf(after);
  const where = change.namespace === '' ? 'in the whole cluster' : 'in the namespace';
  const who = gained.map((subject) => `${quoted(subject)}`).join(', ');
  const rights = rightsOf(findRole(after, context.after));
  const held = rights.filter(reachesSecrets);
  // A role that was there is known; of a new one people must see what it gives.
  const isNew = findRole(after, context.before) === undefined && rights.length > 0;
  return [
    danger('rbac', change, `gives ${who} the ${role} ${where}${isNew ? `: ${describeRights(rights)}` : ''}`),
    ...(held.length > 0 ? [danger('secrets', change, `gives ${who} ${describeRights(held)} ${where} (${role})`)] : []),
  ];
}

function subjectsOf(binding: KubeObject | undefined): string[] {
  return list(binding?.['subjects'])
    .map((subject) => {
      const { kind, name, namespace } = fields(subject);
      // An account of the binding's own namespace is the same one in each project.
      const place = namespace === undefined || namespace === binding?.metadata.namespace ? '' : `${String(namespace)}/`;
      return `${String(kind)} ${place}${String(name)}`;
    })
    .sort(compareText);
}

const roleOf = (binding: KubeObject): string =>
  `${String(at(binding, 'roleRef', 'kind'))} ${quoted(String(at(binding, 'roleRef', 'name')))}`;

function findRole(binding: KubeObject, cluster: ClusterIndex): KubeObject | undefined {
  const { kind, name } = fields(binding['roleRef']);
  const namespace = kind === 'Role' ? binding.metadata.namespace : undefined;
  return cluster
    .ofKind(`${GROUP}/${String(kind)}`)
    .map(({ object }) => object)
    .find((role) => role.metadata.name === name && role.metadata.namespace === namespace && isRole(kindOf(role)));
}
