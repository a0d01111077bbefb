import type { KubeObject } from '../../core/kube-object';
import { secretsNamedIn } from '../../core/named-secrets';
import { dataValues } from '../data-values';
import { compareText } from '../json';
import { quoted } from '../quoted';
import { type DangerRule, danger } from './danger';

/** Kinds that name secrets without reading any, or are judged by other rules. */
const OTHERS = ['Secret', 'Role', 'ClusterRole', 'CustomResourceDefinition', 'ValidatingAdmissionPolicy'];

/** Objects that name a Secret they did not name before: pods by mount or environment, and custom resources. */
export const findSecretReferences: DangerRule = (change) => {
  const { before, after } = change;
  if (after === undefined || OTHERS.includes(after.kind)) return [];
  const had = before === undefined ? [] : secretsNamedBy(before);
  const gained = secretsNamedBy(after).filter((name) => !had.includes(name));
  return gained.map((name) => danger('secrets', change, `reads Secret ${quoted(name)}`));
};

/** Names of the Secrets an object refers to, whichever way the many APIs spell that; sorted. */
export function secretsNamedBy(object: KubeObject): string[] {
  const values = [object, ...dataValues(object).map(([, data]) => data)];
  return [...new Set(values.flatMap(secretsNamedIn))].sort(compareText);
}
