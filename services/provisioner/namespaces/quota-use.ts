import { isFields } from './compare-object';

/** Resources as people read them, in this order. */
const SHOWN = [
  ['pods', 'pods'],
  ['requests.cpu', 'cpu'],
  ['requests.memory', 'memory'],
] as const;

/** `pods 3/16, cpu 1500m/6, memory 2Gi/24Gi` from a ResourceQuota; nothing is in use while nobody has counted. */
export function quotaUse(quota: unknown): string | undefined {
  const [status, spec] = isFields(quota) ? [fields(quota['status']), fields(quota['spec'])] : [{}, {}];
  const hard = { ...fields(spec['hard']), ...fields(status['hard']) };
  const used = fields(status['used']);
  const parts = SHOWN.flatMap(([resource, shown]) =>
    resource in hard ? [`${shown} ${String(used[resource] ?? 0)}/${String(hard[resource])}`] : [],
  );
  return parts.length === 0 ? undefined : parts.join(', ');
}

const fields = (value: unknown): Readonly<Record<string, unknown>> => (isFields(value) ? value : {});
