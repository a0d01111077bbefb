import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { objectPath } from '../../../bench/provision/object-path';
import type { ScaleObjects } from '../../../bench/provision/scale-objects';
import type { KubeObject } from '../../../core/kube-object';
import { ProjectObject } from '../../../core/project';
import { namespaceForProject } from '../../../core/project-name';
import type { KubeClient } from '../../../services/shared/kube-client';

/** Where the kinds are that a project's namespace is made of; everything of them in `ci-*` is ours. */
const KINDS: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/serviceaccounts',
  ConfigMap: '/api/v1/configmaps',
  LimitRange: '/api/v1/limitranges',
  ResourceQuota: '/api/v1/resourcequotas',
  NetworkPolicy: '/apis/networking.k8s.io/v1/networkpolicies',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/rolebindings',
};
const Head = z.object({ metadata: z.object({ name: z.string(), namespace: z.string().optional() }) });
/** What the controller-manager makes in each namespace. */
const FOREIGN = /^(ServiceAccount ci-[^/]*\/default|ConfigMap ci-[^/]*\/kube-root-ca\.crt)$/;

const label = (kind: string, name: string, namespace: string | undefined) =>
  namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;

/** What the stack renders for these projects. */
export function renderedObjects(stack: ScaleObjects, projects: readonly KubeObject[]): KubeObject[] {
  const namespaces = new Set(projects.map((project) => namespaceForProject(readSpec(project).gerritName)));
  return [...stack.objects()].filter(({ kind, metadata }) =>
    namespaces.has(kind === 'Namespace' ? metadata.name : (metadata.namespace ?? '')),
  );
}

const readSpec = (project: KubeObject) =>
  ProjectObject.shape.spec.parse('spec' in project ? project['spec'] : undefined);

/** Names of everything in project namespaces, of the kinds they are made of. */
export async function namesThere(kube: KubeClient): Promise<string[]> {
  const names: string[] = [];
  for (const [kind, path] of Object.entries(KINDS)) {
    for await (const { items } of kube.list(path, { metadataOnly: true })) {
      for (const { metadata } of z.array(Head).parse(items)) {
        names.push(label(kind, metadata.name, metadata.namespace));
      }
    }
  }
  return names.filter((name) => / ci-/.test(name) && !FOREIGN.test(name)).sort();
}

/** Names of rendered objects, in the form of `namesThere`. Throws on a kind that is not looked for there. */
export function namesOf(objects: readonly KubeObject[]): string[] {
  return objects
    .map(({ kind, metadata }) => {
      if (!(kind in KINDS)) throw new Error(`no test looks for a ${kind} in project namespaces`);
      return label(kind, metadata.name, metadata.namespace);
    })
    .sort();
}

/**
 * Names of rendered objects that are not there as rendered: the API server is asked what applying them would make of them,
 * in its own normal form.
 */
export async function namesOfChanged(kube: KubeClient, objects: readonly KubeObject[]): Promise<string[]> {
  const changed = await Promise.all(
    objects.map(async (object) => {
      const path = objectPath(object);
      const [present, applied] = await Promise.all([
        kube.get(path),
        kube.patch(`${path}?dryRun=All&fieldManager=judge&force=true`, 'apply', object),
      ]);
      return isDeepStrictEqual(contentOf(present), contentOf(applied)) ? [] : namesOf([object]);
    }),
  );
  return changed.flat();
}

const Content = z.looseObject({ metadata: z.looseObject({ managedFields: z.unknown().optional() }) });

/** Whoever applies is written down there, whether anything changes or not. */
function contentOf(object: unknown): object {
  const { metadata, ...rest } = Content.parse(object);
  return { ...rest, metadata: { ...metadata, managedFields: undefined } };
}
