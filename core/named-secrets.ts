import { isFields, objectsIn } from './json-objects';

/** Names of the Secrets that a value of JSON refers to, whichever way the many APIs spell that; each once. */
export function secretsNamedIn(root: unknown): string[] {
  const names = new Set<string>();
  for (const { key, value } of objectsIn(root)) {
    const { secretName, name, nodePublishSecretRef: published } = value;
    if (typeof secretName === 'string') names.add(secretName);
    // secretKeyRef, secretRef, a projected volume's `secret`, and Argo's accessKeySecret and its like.
    if (/^secret(KeyRef|Ref)?$|Secret$/.test(key) && typeof name === 'string') names.add(name);
    if (key === 'csi' && isFields(published)) names.add(String(published['name']));
  }
  return [...names];
}
