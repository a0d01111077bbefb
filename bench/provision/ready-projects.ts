import { isReady, PROJECTS_PATH, ProjectObject } from '../../core/project';
import type { KubeClient } from '../../services/shared/kube-client';

/** The collection of all Projects. */

/** How many Projects say that they are ready. */
export async function readyProjects(admin: KubeClient): Promise<number> {
  let ready = 0;
  for await (const { items } of admin.list(PROJECTS_PATH)) {
    ready += items.filter((item) => isReady(ProjectObject.parse(item))).length;
  }
  return ready;
}
