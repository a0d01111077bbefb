import type { NamespaceMembers } from '../../../constructs/project-namespace';
import {
  type ProjectRendering,
  projectRendering,
  renderProjectNamespace,
} from '../../../constructs/render-project-namespace';
import type { ProjectSpec } from '../../../core/project';
import type { ProjectClass, ProvisionerConfig } from '../../../core/service-config';
import type { Entry } from './project-table';

/** What an entry's namespace should be made of; the n-th object is bit n of the entry's masks. */
export interface Desired extends ProjectRendering {
  /** Bits of those that are kept so; of a namespace on its way out, quota and limits stay what they were. */
  readonly wanted: bigint;
}

/** Renderings kept: of the projects at work and those whose changes are being heard of. Their parts are mostly shared. */
const MOST_KEPT = 128;
/** Kinds that are a class's: whoever has no Project any more has no class. */
const OF_CLASS: ReadonlySet<string> = new Set(['ResourceQuota', 'LimitRange']);
/** Renders the objects of no class; none of its figures reaches the cluster. */
const ANY_CLASS: ProjectClass = { pods: 1, cpu: '1', memory: '1Gi', maxContainerCpu: '1', maxContainerMemory: '1Gi' };

/** Renders what an entry should be, and finds an object's place in it. Keeps a few renderings: those of projects at work. */
export class DesiredRenderer {
  private config: ProvisionerConfig;
  private places: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Bits of what is a class's. */
  private ofClass: bigint;
  /** The last ones asked for, oldest first. */
  private readonly kept = new Map<Entry, Desired | undefined>();

  constructor(config: ProvisionerConfig) {
    this.config = config;
    this.places = placesOf(config);
    this.ofClass = this.classBits();
  }

  /** Another configuration is in force. */
  configure(config: ProvisionerConfig): void {
    this.config = config;
    this.places = placesOf(config);
    this.ofClass = this.classBits();
    this.kept.clear();
  }

  /** One that stays with the configuration as it is now. */
  copy(): DesiredRenderer {
    return new DesiredRenderer(this.config);
  }

  get current(): ProvisionerConfig {
    return this.config;
  }

  /** The entry's facts changed: it is rendered anew. */
  changed(entry: Entry): void {
    this.kept.delete(entry);
  }

  /** Undefined: nothing is to be there, or nobody can say what. */
  desired(entry: Entry): Desired | undefined {
    const known = this.kept.get(entry);
    if (known !== undefined) return known;
    const desired = this.render(entry);
    this.kept.set(entry, desired);
    if (this.kept.size > MOST_KEPT) {
      for (const oldest of this.kept.keys()) {
        this.kept.delete(oldest);
        break;
      }
    }
    return desired;
  }

  /** Which of a namespace's objects this is: the number of its bit; undefined when it is none. */
  indexOf(kind: string, name: string): number | undefined {
    // The one namespace there is has a name of its own in each.
    return this.places.get(kind)?.get(kind === 'Namespace' ? '' : name);
  }

  /** Bits of all objects of a kind. */
  bitsOf(kind: string): bigint {
    return [...(this.places.get(kind)?.values() ?? [])].reduce((bits, index) => bits | (1n << BigInt(index)), 0n);
  }

  /** What an entry has in common with all that are rendered alike, but for names and people; undefined: it is not rendered. */
  formOf({ project, space }: Entry): string | undefined {
    if (project?.isRightlyNamed === true) return `${project.spec.class} ${project.spec.visibility}`;
    return space?.ours === true && space.gerritName !== undefined ? `retiring ${space.visibility}` : undefined;
  }

  private classBits(): bigint {
    return [...OF_CLASS].reduce((bits, kind) => bits | this.bitsOf(kind), 0n);
  }

  private render(entry: Entry): Desired | undefined {
    const { project, space } = entry;
    if (project?.isRightlyNamed === true) {
      const projectClass = this.config.classes[project.spec.class];
      return projectClass === undefined ? undefined : this.objects(project.spec, projectClass, project.members);
    }
    if (space?.ours !== true || space.gerritName === undefined) return undefined;
    // Not yet marked: nothing is applied before it is, but what is the same in both forms is known to be.
    const { gerritName, visibility, retiringSince = '' } = space;
    const spec = { gerritName, visibility, class: 'default', owners: [], contributors: [] };
    return this.objects(spec, ANY_CLASS, undefined, retiringSince);
  }

  private objects(
    project: ProjectSpec,
    projectClass: ProjectClass,
    members: NamespaceMembers | undefined,
    retiring?: string,
  ): Desired {
    const { network, store } = this.config;
    const rendering = projectRendering({ project, projectClass, network, store, members, retiring });
    const all = (1n << BigInt(rendering.count)) - 1n;
    return { ...rendering, wanted: retiring === undefined ? all : all & ~this.ofClass };
  }
}

/** Objects carry fixed names, so those of any project tell the places of all. */
function placesOf({ network, store }: ProvisionerConfig): Map<string, Map<string, number>> {
  const project = { gerritName: 'any', visibility: 'public', class: 'any', owners: [], contributors: [] } as const;
  const spec = { ...project, owners: [], contributors: [] };
  const places = new Map<string, Map<string, number>>();
  renderProjectNamespace({ project: spec, projectClass: ANY_CLASS, network, store }).forEach(
    ({ kind, metadata }, index) => {
      const ofKind = places.get(kind) ?? new Map<string, number>();
      places.set(kind, ofKind.set(kind === 'Namespace' ? '' : metadata.name, index));
    },
  );
  return places;
}
