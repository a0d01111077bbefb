import type { KubeObject } from '../core/kube-object';
import { isFields } from './json';

/** Stands for every secret value. */
export const MASKED = '[secret]';

/**
 * Key and value with which Pulumi marks a secret in plain JSON.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig.go
 */
const PULUMI_SIGNATURE = '4dabf18193072939515e22adb298388d';

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const SECRET_FIELDS = new Set(['data', 'stringData']);
/** Holds the whole object once more, values included. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The object without any secret value: the data of Secrets, what Pulumi marks as secret, and private keys wherever they
 * stand. That a value differs is not to be seen either; its key is.
 */
export function maskSecrets(object: KubeObject): KubeObject {
  const masked: KubeObject = { ...object, ...maskedFields(object) };
  if (object.kind !== 'Secret') return masked;
  const entries = Object.entries(masked).map(([key, value]) => [
    key,
    SECRET_FIELDS.has(key) && isFields(value)
      ? Object.fromEntries(Object.keys(value).map((name) => [name, MASKED]))
      : value,
  ]);
  return { ...masked, ...Object.fromEntries(entries) };
}

function maskedFields(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== LAST_APPLIED)
      .map(([key, inner]) => [key, maskValue(inner)]),
  );
}

function maskValue(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('PRIVATE KEY') ? value.replace(PRIVATE_KEY, MASKED) : value;
  if (Array.isArray(value)) return value.map(maskValue);
  if (!isFields(value)) return value;
  return PULUMI_SIGNATURE in value ? MASKED : maskedFields(value);
}
