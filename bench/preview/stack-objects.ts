import { z } from 'zod';

const Resource = z.object({
  type: z.string(),
  custom: z.boolean().default(false),
  inputs: z.record(z.string(), z.unknown()).default({}),
});
const Deployment = z.object({ deployment: z.object({ resources: z.array(Resource).default([]) }) });
/** How an exported stack writes a value that is secret. */
const Secret = z.object({ '4dabf18193072939515e22adb298388d': z.string(), plaintext: z.string() });

/** The Kubernetes objects of a stack, exported with its secrets in plain text, as the program means them. */
export function stackObjects(exported: unknown): Record<string, unknown>[] {
  return Deployment.parse(exported)
    .deployment.resources.filter(({ custom, type }) => custom && type.startsWith('kubernetes:'))
    .map(({ inputs }) => z.record(z.string(), z.unknown()).parse(reveal(inputs)));
}

function reveal(value: unknown): unknown {
  const secret = Secret.safeParse(value);
  if (secret.success) {
    return reveal(JSON.parse(secret.data.plaintext));
  }
  if (Array.isArray(value)) {
    return value.map(reveal);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, reveal(member)]))
    : value;
}
