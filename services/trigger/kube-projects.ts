import { isReady, PROJECTS_PATH, ProjectObject } from '../../core/project';
import { namespaceForProject, projectObjectName } from '../../core/project-name';
import { follow } from '../shared/follow';
import { type KubeClient, KubeError } from '../shared/kube-client';
import type { Logger } from '../shared/log';
import type { ProjectNow } from './decide';
import type { Projects } from './ports';

/** `Project` objects, followed; what the copy does not have is asked for before anybody is told that it is not there. */
export class KubeProjects implements Projects {
  private readonly byName = new Map<string, ProjectObject>();

  constructor(
    private readonly kube: Pick<KubeClient, 'get' | 'list' | 'watch'>,
    private readonly log: Logger,
  ) {}

  /** Follows until the signal fires. */
  follow(signal: AbortSignal, onSynced: () => void): Promise<void> {
    return follow({
      kube: this.kube,
      path: PROJECTS_PATH,
      log: this.log,
      signal,
      onSynced,
      onObject: (object, key) => {
        const project = ProjectObject.safeParse(object);
        if (project.success) {
          this.byName.set(key, project.data);
        } else {
          this.byName.delete(key);
          this.log.error({ project: key, reason: project.error.message }, 'a Project object is malformed; ignored');
        }
      },
      onGone: (key) => void this.byName.delete(key),
    });
  }

  async find(project: string): Promise<ProjectNow> {
    const name = projectObjectName(project);
    const followed = this.byName.get(name);
    const object = followed !== undefined && isReady(followed) ? followed : await this.read(name);
    if (object === undefined || object.spec.gerritName !== project) {
      return { kind: 'absent' };
    }
    if (!isReady(object)) {
      return { kind: 'not-ready', reason: whyNotReady(object) };
    }
    const namespace = namespaceForProject(project);
    const said = object.status?.namespace ?? namespace;
    return said === namespace
      ? { kind: 'ready', namespace, class: object.spec.class }
      : { kind: 'not-ready', reason: `its status names namespace ${said}, ours is ${namespace}` };
  }

  private async read(name: string): Promise<ProjectObject | undefined> {
    try {
      return ProjectObject.parse(await this.kube.get(`${PROJECTS_PATH}/${name}`));
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }
}

function whyNotReady({ metadata, status }: ProjectObject): string {
  if (metadata.deletionTimestamp !== undefined) {
    return 'it is being retired';
  }
  const ready = status?.conditions.find(({ type }) => type === 'Ready');
  return ready === undefined ? 'the provisioner has not seen it yet' : `${ready.reason}: ${ready.message}`;
}
