import { z } from 'zod';

/** What every API object has, as far as handling one of any kind needs it. */
export const KubeObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type KubeObject = z.infer<typeof KubeObject>;

/** The value itself when it is an object of the API; zod's parse hands back a copy with its keys in another order. Throws. */
export function asKubeObject(value: unknown): KubeObject {
  if (isKubeObject(value)) return value;
  throw new Error(`not an object of the Kubernetes API: ${JSON.stringify(value)?.slice(0, 200)}`);
}

const isKubeObject = (value: unknown): value is KubeObject => KubeObject.safeParse(value).success;
