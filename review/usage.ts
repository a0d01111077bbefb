import { z } from 'zod';

/** What `kubectl get resourcequota --all-namespaces --output json` prints, as far as it is used. */
const QuotaList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      status: z.object({ used: z.record(z.string(), z.string()).default({}) }).optional(),
    }),
  ),
});

/** Use of each quota by `namespace/name`: resource to quantity. Absent: nobody said. */
export type Usage = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Key of a quota in `Usage`. */
export const usageKey = (namespace: string, name: string): string => `${namespace}/${name}`;

/** Reads use out of a list of ResourceQuotas. Throws in one line when the text is none. */
export function parseUsage(text: string, file: string): Usage {
  let list: z.infer<typeof QuotaList>;
  try {
    list = QuotaList.parse(JSON.parse(text));
  } catch {
    throw new Error(
      `${file} is no list of ResourceQuotas; write it with: kubectl get resourcequota --all-namespaces --output json`,
    );
  }
  return new Map(
    list.items.flatMap(({ metadata, status }) =>
      status === undefined ? [] : [[usageKey(metadata.namespace, metadata.name), status.used] as const],
    ),
  );
}
