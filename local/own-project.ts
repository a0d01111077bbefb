import { z } from 'zod';
import { Image } from '../core/images';
import { isReady, PROJECT_API, PROJECTS_PATH, ProjectObject } from '../core/project';
import { namespaceForProject, projectObjectName } from '../core/project-name';
import { type KubeClient, KubeError } from '../services/shared/kube-client';
import type { LocalSystem } from './connect';
import { until } from './until';

/** An image that lost its last name has none: the kubelet says null. */
const NodeImage = z.object({ names: z.array(z.string()).nullish() });
/** A simulated node says nothing of images. */
const Nodes = z.object({ items: z.array(z.object({ status: z.object({ images: z.array(NodeImage).default([]) }) })) });

/**
 * A project of one's own for a while, in Gerrit and in the cluster, with a definition for pipeline `check`. Its name is
 * `name` and the time; resolves when Workflows may run.
 */
export async function makeProject(
  { kube, gerrit }: LocalSystem,
  name: string,
  definition?: string,
): Promise<{ project: string; namespace: string }> {
  const project = `${name}-${Date.now().toString(36)}`;
  await gerrit.createProject(project);
  // Before the definition, which would make it self-serve's: then a test that takes the definition away retires it.
  await kube.create(PROJECTS_PATH, {
    apiVersion: `${PROJECT_API.group}/${PROJECT_API.version}`,
    kind: PROJECT_API.kind,
    metadata: { name: projectObjectName(project) },
    spec: { gerritName: project, class: 'default', visibility: 'public', owners: [], contributors: [] },
  });
  if (definition !== undefined) {
    await gerrit.pushDefinition(project, { 'seakeeper/check.yaml': definition });
  }
  await until(`Project ${project} ready`, async () =>
    isReady(ProjectObject.parse(await kube.get(`${PROJECTS_PATH}/${projectObjectName(project)}`))),
  );
  return { project, namespace: namespaceForProject(project) };
}

/** Retires a project and archives what it leaves in Gerrit, so that its definition asks for nothing any more. */
export async function removeProject({ kube, gerrit }: LocalSystem, project: string): Promise<void> {
  await gerrit
    .rest('PUT', `/projects/${encodeURIComponent(project)}/config`, { state: 'READ_ONLY' })
    .catch((error: unknown) => {
      // One that only ever was a Project is not in Gerrit.
      if (!String(error).includes(': 404 ')) {
        throw error;
      }
    });
  await kube.delete(`${PROJECTS_PATH}/${projectObjectName(project)}`).catch((error: unknown) => {
    if (!(error instanceof KubeError && error.status === 404)) {
      throw error;
    }
  });
}

/** Image of a workload of ours, as the cluster runs it: what definitions may name. Throws when the node has none. */
export async function localImage(kube: Pick<KubeClient, 'get'>, name: 'busybox'): Promise<Image> {
  const { items } = Nodes.parse(await kube.get('/api/v1/nodes'));
  const reference = items
    .flatMap((node) => node.status.images.flatMap(({ names }) => names ?? []))
    .find((image) => new RegExp(`/${name}:[^@]+$`).test(image));
  const [repository, tag] = reference?.split(/:(?=[^:/]+$)/) ?? [];
  return Image.parse({ repository, tag });
}
