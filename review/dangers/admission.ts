import { at, fields, list, same, strings } from '../json';
import type { ObjectChange } from '../object-change';
import { quoted } from '../quoted';
import { type Danger, type DangerRule, danger } from './danger';

const GROUP = 'admissionregistration.k8s.io';

/** Admission that refuses less, or may: what an expression lets through cannot be computed, so a changed one is listed. */
export const findAdmissionLoosening: DangerRule = (change) => {
  if (!change.kind.startsWith(`${GROUP}/`)) return [];
  if (change.after === undefined) return [danger('admission', change, 'refuses nothing any more: it is deleted')];
  switch (change.kind.slice(GROUP.length + 1)) {
    case 'ValidatingAdmissionPolicy':
      return change.before === undefined ? [] : policyDangers(change);
    case 'ValidatingAdmissionPolicyBinding':
      return change.before === undefined ? [] : bindingDangers(change);
    default:
      return isOnlyMetadata(change)
        ? []
        : [danger('admission', change, 'asks a webhook, or changes objects: read its diff')];
  }
};

function policyDangers(change: ObjectChange): Danger[] {
  const [was, is] = [fields(change.before?.['spec']), fields(change.after?.['spec'])];
  const kept = list(is['validations']).map((validation) => fields(validation)['expression']);
  const lost = list(was['validations'])
    .map(fields)
    .filter(({ expression }) => !kept.includes(expression));
  const scope = ['matchConstraints', 'matchConditions', 'paramKind'].filter((field) => !same(was[field], is[field]));
  return [
    ...lost.map(({ message, expression }) =>
      danger('admission', change, `a check is changed or gone: ${quoted(message ?? expression)}`),
    ),
    ...(lost.length === 0 && !same(was['variables'], is['variables'])
      ? [danger('admission', change, 'its checks are computed from other variables')]
      : []),
    ...(scope.length > 0 ? [danger('admission', change, `looks at other requests: ${scope.join(', ')} changed`)] : []),
    ...(is['failurePolicy'] === 'Ignore' && was['failurePolicy'] !== 'Ignore'
      ? [danger('admission', change, 'lets pass what it cannot judge (failurePolicy Ignore)')]
      : []),
  ];
}

function bindingDangers(change: ObjectChange): Danger[] {
  const [was, is] = [fields(change.before?.['spec']), fields(change.after?.['spec'])];
  const denied = strings(was['validationActions']).includes('Deny');
  const denies = strings(is['validationActions']).includes('Deny');
  const scope = ['policyName', 'matchResources', 'paramRef'].filter((field) => !same(was[field], is[field]));
  return [
    ...(denied && !denies
      ? [danger('admission', change, `no longer denies: ${quoted(strings(is['validationActions']).join(', '))}`)]
      : []),
    ...(scope.length > 0 ? [danger('admission', change, `applies elsewhere: ${scope.join(', ')} changed`)] : []),
  ];
}

const isOnlyMetadata = ({ before, after }: ObjectChange): boolean =>
  before !== undefined &&
  same({ ...before, metadata: undefined }, { ...after, metadata: undefined }) &&
  same(at(before, 'metadata', 'name'), at(after, 'metadata', 'name'));
