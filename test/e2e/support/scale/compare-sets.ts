import { collectionOf } from '../../../../bench/provision/object-path';
import { asKubeObject, type KubeObject } from '../../../../core/kube-object';
import type { KubeClient } from '../../../../services/shared/kube-client';
import { canonicalText, isControllerManagers, PROJECT_KINDS, SetHash } from './canonical-object';

/** Prefix of every project's namespace. */
const PROJECTS = 'ci-';
const MOST_NAMED = 5;

/** A set of objects, and where it differs from another. */
export interface SetComparison {
  readonly wanted: { readonly objects: number; readonly hash: string };
  readonly found: { readonly objects: number; readonly hash: string };
  /** The first few that differ, in words. */
  readonly differing: readonly string[];
}

/**
 * Everything in the projects' namespaces of the kinds they are made of, beside what is rendered. The hashes are of the
 * whole sets; the words are for whoever has to find out why they differ.
 */
export async function compareSets(admin: KubeClient, rendered: Iterable<KubeObject>): Promise<SetComparison> {
  const wanted = new SetHash();
  const texts = new Map<string, string>();
  for (const object of rendered) {
    const text = canonicalText(object);
    wanted.add(text);
    texts.set(keyOf(object), text);
  }
  const found = new SetHash();
  const differing: string[] = [];
  const say = (line: string) => differing.length < MOST_NAMED && differing.push(line);
  for await (const object of listAll(admin)) {
    const text = canonicalText(object);
    found.add(text);
    const key = keyOf(object);
    const asked = texts.get(key);
    if (asked === undefined) say(`${key} is there and not rendered`);
    else if (asked !== text) say(`${key} is ${text}, rendered ${asked}`);
    texts.delete(key);
  }
  for (const key of texts.keys()) say(`${key} is rendered and not there`);
  return {
    wanted: { objects: wanted.size, hash: wanted.digest() },
    found: { objects: found.size, hash: found.digest() },
    differing,
  };
}

async function* listAll(admin: KubeClient): AsyncGenerator<KubeObject> {
  for (const { apiVersion, kind } of PROJECT_KINDS) {
    for await (const { items } of admin.list(collectionOf(apiVersion, kind))) {
      for (const item of items) {
        // Lists leave out of their items what they say of themselves.
        const object = asKubeObject(Object.assign({ apiVersion, kind }, item));
        const { name, namespace = name } = object.metadata;
        if (namespace.startsWith(PROJECTS) && !isControllerManagers(object)) yield object;
      }
    }
  }
}

const keyOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
