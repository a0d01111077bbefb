import { z } from 'zod';
import { Annotation, Label, MANAGED_BY } from '../../../core/labels';
import { PROJECT_API, PROJECTS_PATH, ProjectObject, ProjectOrigin } from '../../../core/project';
import { projectObjectName } from '../../../core/project-name';
import { follow } from '../../shared/follow';
import { type KubeClient, KubeError } from '../../shared/kube-client';
import type { Logger } from '../../shared/log';
import type { ProjectNow } from './decide';
import type { Projects } from './ports';

const NAMESPACES = '/api/v1/namespaces';
const CLASS = 'default';

const NamespaceHead = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
});

/** A followed `Project`: what counts and sweeps go by. */
interface Known {
  readonly gerritName: string;
  readonly origin: string | undefined;
  readonly commit: string | undefined;
}

/** `Project` objects at the API server; those of ours are all it makes, changes or deletes. */
export class KubeProjects implements Projects {
  private readonly known = new Map<string, Known>();
  /** Project annotations of namespaces on their way out, by namespace. */
  private readonly retiring = new Map<string, string>();

  constructor(
    private readonly kube: KubeClient,
    private readonly log: Logger,
  ) {}

  /** Follows until the signal fires; `onSynced` when both first lists are complete. */
  async follow(signal: AbortSignal, onSynced: () => void): Promise<void> {
    let missing = 2;
    const synced = () => {
      missing -= 1;
      if (missing === 0) {
        onSynced();
      }
    };
    const { kube, log } = this;
    const common = { kube, log, signal, onSynced: synced };
    const projects = follow({
      ...common,
      path: PROJECTS_PATH,
      onGone: (name) => void this.known.delete(name),
      onObject: (object, name) => {
        const parsed = ProjectObject.safeParse(object);
        if (parsed.success) {
          this.known.set(name, knownOf(parsed.data));
        }
      },
    });
    const namespaces = follow({
      ...common,
      path: NAMESPACES,
      labelSelector: `${Label.retiring}=true`,
      onGone: (name) => void this.retiring.delete(name),
      onObject: (object, name) => {
        const { annotations } = NamespaceHead.parse(object).metadata;
        this.retiring.set(name, annotations[Annotation.project] ?? '');
      },
    });
    await Promise.all([projects, namespaces]);
  }

  async find(gerritName: string): Promise<ProjectNow | undefined> {
    try {
      const object = ProjectObject.parse(await this.kube.get(pathOf(gerritName)));
      if (object.metadata.deletionTimestamp !== undefined) {
        return undefined;
      }
      const { spec, status } = object;
      return {
        gerritName: spec.gerritName,
        origin: object.metadata.labels?.[Label.origin],
        visibility: spec.visibility,
        found: status?.selfServe,
      };
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  ours(): readonly string[] {
    return [...this.known.values()]
      .filter(({ origin }) => origin === ProjectOrigin.selfServe)
      .map(({ gerritName }) => gerritName);
  }

  isOurs(gerritName: string): boolean {
    return this.known.get(projectObjectName(gerritName))?.origin === ProjectOrigin.selfServe;
  }

  commitOf(gerritName: string): string | undefined {
    return this.known.get(projectObjectName(gerritName))?.commit;
  }

  countBeside(gerritName: string): number {
    const names = new Set([...this.known.values()].map((known) => known.gerritName));
    for (const name of this.retiring.values()) {
      names.add(name);
    }
    names.delete(gerritName);
    return names.size;
  }

  async create(
    gerritName: string,
    { by, visibility }: Parameters<Projects['create']>[1],
  ): Promise<'created' | 'refused-by-the-cluster'> {
    const name = projectObjectName(gerritName);
    const labels = {
      [Label.managedBy]: MANAGED_BY,
      [Label.partOf]: MANAGED_BY,
      [Label.name]: name,
      [Label.origin]: ProjectOrigin.selfServe,
    };
    try {
      await this.kube.create(PROJECTS_PATH, {
        apiVersion: `${PROJECT_API.group}/${PROJECT_API.version}`,
        kind: PROJECT_API.kind,
        metadata: { name, labels, annotations: { [Annotation.requestedBy]: by } },
        spec: { gerritName, class: CLASS, visibility },
      });
    } catch (error) {
      // The CRD's own rules on names are the last word.
      if (error instanceof KubeError && error.status === 422) {
        this.log.warn({ project: gerritName, reason: error.message }, 'the cluster refuses a Project');
        return 'refused-by-the-cluster';
      }
      throw error;
    }
    // Counted at once: the watch may be behind.
    this.known.set(name, { gerritName, origin: ProjectOrigin.selfServe, commit: undefined });
    return 'created';
  }

  async putFound(gerritName: string, found: Parameters<Projects['putFound']>[1]): Promise<void> {
    const selfServe = { commit: found.commit, pipelines: [...found.pipelines] };
    await this.kube.patch(`${pathOf(gerritName)}/status`, 'merge', { status: { selfServe } });
  }

  async putVisibility(gerritName: string, visibility: 'public' | 'private'): Promise<void> {
    await this.kube.patch(pathOf(gerritName), 'merge', { spec: { visibility } });
  }

  async retire(gerritName: string): Promise<void> {
    const object = ProjectObject.parse(await this.kube.get(pathOf(gerritName)));
    // This very object, and only as it was when it was decided: a stack may have taken it over meanwhile.
    const { uid, resourceVersion, labels = {} } = object.metadata;
    if (labels[Label.origin] === ProjectOrigin.selfServe && object.spec.gerritName === gerritName) {
      const preconditions = {
        ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      };
      await this.kube.delete(pathOf(gerritName), { preconditions });
    }
  }
}

const pathOf = (gerritName: string): string => `${PROJECTS_PATH}/${projectObjectName(gerritName)}`;

const knownOf = ({ metadata, spec, status }: ProjectObject): Known => ({
  gerritName: spec.gerritName,
  origin: metadata.labels?.[Label.origin],
  commit: status?.selfServe?.commit,
});
