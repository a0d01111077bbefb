import { z } from 'zod';
import { PROJECTS_PATH, ProjectObject } from '../../core/project';
import { projectObjectName } from '../../core/project-name';
import { type KubeClient, KubeError } from '../../services/shared/kube-client';

const Named = z.object({ spec: z.object({ gerritName: z.string() }) });

/** The project's object; undefined when the cluster has none. Rejects as `KubeClient` does. */
export async function findProject(kube: KubeClient, project: string): Promise<ProjectObject | undefined> {
  const name = projectObjectName(project);
  const found = await orNothing(kube.get(`${PROJECTS_PATH}/${name}`));
  return found === undefined ? undefined : ProjectObject.parse(found);
}

/** Gerrit names of all projects the cluster has. Rejects as `KubeClient` does. */
export async function projectNames(kube: KubeClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { items } of kube.list(PROJECTS_PATH)) {
    names.push(...items.map((item) => Named.parse(item).spec.gerritName));
  }
  return names;
}

/** Whether the cluster has the namespace. Rejects as `KubeClient` does. */
export async function hasNamespace(kube: KubeClient, name: string): Promise<boolean> {
  return (await orNothing(kube.get(`/api/v1/namespaces/${name}`))) !== undefined;
}

async function orNothing(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  }
}
