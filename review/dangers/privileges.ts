import { at, type Fields, fields, list, strings } from '../json';
import { containersOf, podSpecOf } from '../pod-spec';
import { quoted } from '../quoted';
import { type DangerRule, danger } from './danger';

/** What a pod may do to its node, or as whom it acts, beyond what it could before. */
export const findPodPrivileges: DangerRule = (change) => {
  const after = podSpecOf(change.after);
  if (after === undefined) return [];
  const before = podSpecOf(change.before);
  const had = before === undefined ? [] : privilegesOf(before);
  const account = accountOf(after);
  return [
    ...privilegesOf(after)
      .filter((privilege) => !had.includes(privilege))
      .map((privilege) => danger('privilege', change, privilege)),
    ...(before !== undefined && accountOf(before) !== account
      ? [danger('rbac', change, `acts as ServiceAccount ${quoted(account)} (was ${quoted(accountOf(before))})`)]
      : []),
  ];
};

const accountOf = (pod: Fields): string => String(pod['serviceAccountName'] ?? 'default');

function privilegesOf(pod: Fields): string[] {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => pod[field] === true);
  const paths = list(pod['volumes'])
    .map((volume) => at(volume, 'hostPath', 'path'))
    .filter((path) => typeof path === 'string');
  return [
    ...shared.map((field) => `shares its node's ${field.slice('host'.length)} (${field})`),
    ...paths.map((path) => `mounts ${quoted(path)} of its node`),
    ...[...containersOf(pod)].flatMap(([name, container]) =>
      ofContainer(container, fields(pod['securityContext'])).map((text) => `container ${quoted(name)} ${text}`),
    ),
  ];
}

function ofContainer(container: Fields, podContext: Fields): string[] {
  const own = fields(container['securityContext']);
  const added = strings(at(own, 'capabilities', 'add'));
  return [
    ...(own['privileged'] === true ? ['is privileged'] : []),
    ...(own['allowPrivilegeEscalation'] === false ? [] : ['may gain privileges (allowPrivilegeEscalation)']),
    ...((own['runAsNonRoot'] ?? podContext['runAsNonRoot']) === true ? [] : ['may run as root']),
    ...(own['readOnlyRootFilesystem'] === true ? [] : ['may write to its root file system']),
    ...added.map((capability) => `has capability ${capability}`),
  ];
}
