import type { KubeObject } from '../../core/kube-object';
import { dataValues } from '../data-values';
import { compareText, fields, isFields, objectsIn } from '../json';
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
  const names = new Set<string>();
  for (const { key, value } of [
    ...objectsIn(object),
    ...dataValues(object).flatMap(([, data]) => [...objectsIn(data)]),
  ]) {
    const { secretName, name } = value;
    if (typeof secretName === 'string') names.add(secretName);
    // secretKeyRef, secretRef, a projected volume's `secret`, and Argo's accessKeySecret and its like.
    if (/^secret(KeyRef|Ref)?$|Secret$/.test(key) && typeof name === 'string') names.add(name);
    if (key === 'csi' && isFields(value['nodePublishSecretRef'])) {
      names.add(String(fields(value['nodePublishSecretRef'])['name']));
    }
  }
  return [...names].sort(compareText);
}
