import { z } from 'zod';
import { type ObserveOptions, observeCollection, type Source } from './observe';

export type { Source } from './observe';

const ObjectHead = z.object({ metadata: z.object({ name: z.string(), namespace: z.string().optional() }) });

/** `namespace/name`, or `name` of a cluster-scoped object. */
export type ObjectKey = string;

export interface FollowOptions extends ObserveOptions {
  /** Collection, such as `/apis/argoproj.io/v1alpha1/workflows`. */
  readonly path: string;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Objects are metadata alone. @default false */
  readonly metadataOnly?: boolean | undefined;
  /** An object is there, new or changed; it may be said again unchanged. It is not kept here. */
  readonly onObject: (object: unknown, key: ObjectKey, source: Source) => void;
  readonly onGone: (key: ObjectKey) => void;
  /** The first complete list is done. */
  readonly onSynced?: () => void;
}

/**
 * Follows a collection for ever, as `observeCollection` does, and says by key what is gone, whether a watch said so or a
 * list did not name it any more. Resolves when the signal fires.
 */
export async function follow(options: FollowOptions): Promise<void> {
  /** Every key that is there, with the number of the list that saw it last. Keys only: objects are forgotten. */
  const known = new Map<ObjectKey, number>();
  let lists = 0;
  let synced = false;
  const { fieldSelector, labelSelector, metadataOnly, onGone, onObject, onSynced, path } = options;
  await observeCollection(
    {
      path,
      labelSelector,
      fieldSelector,
      metadataOnly,
      listing: () => {
        lists += 1;
      },
      present: (object, source) => {
        const key = keyOf(object);
        known.set(key, lists);
        onObject(object, key, source);
      },
      gone: (object) => {
        const key = keyOf(object);
        known.delete(key);
        onGone(key);
      },
      listed: () => {
        for (const [key, seen] of known) {
          if (seen !== lists) {
            known.delete(key);
            onGone(key);
          }
        }
        if (!synced) {
          synced = true;
          onSynced?.();
        }
      },
    },
    options,
  );
}

function keyOf(object: unknown): ObjectKey {
  const { namespace, name } = ObjectHead.parse(object).metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}
