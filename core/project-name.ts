import { shortHash } from './base32';
import { slug } from './slug';

/** What the name of every project namespace begins with, and of no other. */
export const NAMESPACE_PREFIX = 'ci-';

const SLUG_LENGTH = 40;
const HASH_LENGTH = 10;

/**
 * Namespace that runs the Workflows of a Gerrit project: `ci-` + slug + `-` + hash of the exact name.
 *
 * Gerrit names are case-sensitive paths, namespaces are DNS labels, so the readable part can collide; the hash
 * keeps the mapping one-to-one. Throws when the name is empty.
 */
export function namespaceForProject(project: string): string {
  if (project === '') {
    throw new Error('project name is empty, allowed is any Gerrit project name; name the project');
  }
  const parts = [slug(project, SLUG_LENGTH), shortHash(project, HASH_LENGTH)];
  return NAMESPACE_PREFIX + parts.filter((part) => part !== '').join('-');
}

/** Name of the `Project` object of a Gerrit project: the namespace's name without its `ci-`. */
export function projectObjectName(project: string): string {
  return namespaceForProject(project).slice(NAMESPACE_PREFIX.length);
}

/** Namespace of a `Project` object, by the object's name. */
export const namespaceOf = (objectName: string): string => NAMESPACE_PREFIX + objectName;

/** Name of the `Project` object of a namespace; undefined when the namespace's name is no project's. */
export const idOfNamespace = (namespace: string): string | undefined =>
  namespace.startsWith(NAMESPACE_PREFIX) ? namespace.slice(NAMESPACE_PREFIX.length) : undefined;
