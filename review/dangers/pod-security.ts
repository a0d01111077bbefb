import { at } from '../json';
import { quoted } from '../quoted';
import { type DangerRule, danger } from './danger';

/** From strict to lax; a namespace without a label admits everything. */
const LEVELS: readonly string[] = ['restricted', 'baseline', 'privileged'];
const LABEL = 'pod-security.kubernetes.io/enforce';

/**
 * Namespaces that admit pods with more privileges than before, or more than `baseline` when new.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export const findPodSecurity: DangerRule = (change) => {
  if (change.kind !== '/Namespace' || change.after === undefined) return [];
  const is = levelOf(change.after);
  const was = change.before === undefined ? 'baseline' : levelOf(change.before);
  if (LEVELS.indexOf(is) <= LEVELS.indexOf(was)) return [];
  return [
    danger(
      'admission',
      change,
      change.before === undefined
        ? `a new namespace admits ${is} pods`
        : `Pod Security is lowered: ${quoted(was)} → ${quoted(is)}`,
    ),
  ];
};

function levelOf(namespace: unknown): string {
  const level = at(namespace, 'metadata', 'labels', LABEL);
  return typeof level === 'string' && LEVELS.includes(level) ? level : 'privileged';
}
