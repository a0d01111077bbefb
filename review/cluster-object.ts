import { z } from 'zod';
import { KubeObject } from '../core/kube-object';

/** A line of a rendered cluster: an object and where it comes from, as `stacks/render` says it. */
export const ClusterObject = z.object({
  /** Layer that applies it, or `projects` for what the provisioner makes of each `Project`. */
  origin: z.string(),
  /** Release it belongs to, or the Gerrit project. */
  source: z.string(),
  object: KubeObject,
});
export type ClusterObject = z.infer<typeof ClusterObject>;

/** Origin of the objects of project namespaces. */
export const PROJECTS = 'projects';

/** `group/Kind`, without the version: an object that moves to another version stays the same one. Core's group is empty. */
export function kindOf({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): string {
  const slash = apiVersion.indexOf('/');
  return `${slash < 0 ? '' : apiVersion.slice(0, slash)}/${kind}`;
}

/** What makes an object this one and no other. */
export function identityOf(object: KubeObject): string {
  return `${kindOf(object)}|${object.metadata.namespace ?? ''}|${object.metadata.name}`;
}
