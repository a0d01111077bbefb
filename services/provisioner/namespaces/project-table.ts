import { z } from 'zod';
import type { NamespaceMembers } from '../../../constructs/project-namespace';
import { Annotation, Label, MANAGED_BY } from '../../../core/labels';
import type { ProjectCondition, ProjectSpec } from '../../../core/project';
import { namespaceForProject } from '../../../core/project-name';
import { FIELD_MANAGER } from './describe-drift';

/** What a condition says. */
export type Outcome = Pick<ProjectCondition, 'status' | 'reason' | 'message'>;

/** What is kept of a `Project`. */
export interface ProjectFacts {
  readonly uid: string;
  readonly generation: number;
  readonly spec: ProjectSpec;
  /** It bears the name that belongs to its Gerrit name. */
  readonly isRightlyNamed: boolean;
  readonly members: NamespaceMembers | undefined;
  /** What is to be told of the members; undefined where people do not follow Gerrit. */
  readonly membersOutcome: Outcome | undefined;
  /** It has the finalizer that an older version of the provisioner put there. */
  readonly hasOldFinalizer: boolean;
  /** What its status says that is ours to say. */
  readonly told: Told;
}

/** The part of a Project's status that the namespaces controller writes. */
export interface Told {
  readonly namespace?: string | undefined;
  readonly quotaUse?: string | undefined;
  readonly conditions: readonly ProjectCondition[];
}

/** What is kept of a namespace whose name begins as a project's does. */
export interface SpaceFacts {
  readonly uid: string;
  /** We made it. */
  readonly ours: boolean;
  /** The Gerrit project it says it was made for, when that is the one whose namespace has this name. */
  readonly gerritName: string | undefined;
  readonly visibility: ProjectSpec['visibility'];
  readonly terminating: boolean;
  /** Since when it is on its way out, ISO 8601. */
  readonly retiringSince: string | undefined;
}

/** How the project's account at the artifact store stands. */
export type StoreState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'open' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * One project and its namespace, as far as they are known: facts and masks, never objects. Bit n of a mask is the n-th
 * object of the rendering.
 */
export interface Entry {
  /** Name of the Project; of the namespace without its prefix. */
  readonly id: string;
  project: ProjectFacts | undefined;
  space: SpaceFacts | undefined;
  /** Objects that are as rendered. */
  synced: bigint;
  /** Objects that were, and then were found otherwise: somebody else's doing. */
  drifted: bigint;
  /** Objects a list under way has not named yet. */
  unseen: bigint;
  /** The API server's certificate is there for pods to read. */
  hasRootCertificate: boolean;
  /** When the Secret with the store's key was made or its key changed, milliseconds; undefined: there is none. */
  keyMadeAt: number | undefined;
  store: StoreState;
  /** What of the quota is used, in words; undefined until the quota controller counted. */
  quotaUse: string | undefined;
  /** Counts changes of what the namespace should be: what was begun before the last one is out of date. */
  revision: number;
}

const UNKNOWN: StoreState = { kind: 'unknown' };

/** Every project known, by id. */
export class ProjectTable {
  private readonly entries = new Map<string, Entry>();

  get size(): number {
    return this.entries.size;
  }

  get(id: string): Entry | undefined {
    return this.entries.get(id);
  }

  values(): IterableIterator<Entry> {
    return this.entries.values();
  }

  /** The entry of `id`, made when there is none. */
  at(id: string): Entry {
    const known = this.entries.get(id);
    if (known !== undefined) return known;
    const made: Entry = {
      id,
      project: undefined,
      space: undefined,
      synced: 0n,
      drifted: 0n,
      unseen: 0n,
      hasRootCertificate: false,
      keyMadeAt: undefined,
      store: UNKNOWN,
      quotaUse: undefined,
      revision: 0,
    };
    this.entries.set(id, made);
    return made;
  }

  /** Drops an entry of which nothing is left. */
  forget(entry: Entry): void {
    if (entry.project === undefined && entry.space === undefined) this.entries.delete(entry.id);
  }
}

const NamespaceObject = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
    managedFields: z.array(z.object({ manager: z.string().optional(), operation: z.string().optional() })).default([]),
  }),
});

/**
 * What a namespace says of itself. Ours is what carries our labels and names the project whose namespace it is; and what
 * we have applied, so that a label somebody took off does not make it a stranger's.
 */
export function spaceFacts(object: unknown): SpaceFacts {
  const { name, uid, labels, annotations, deletionTimestamp, managedFields } = NamespaceObject.parse(object).metadata;
  const said = annotations[Annotation.project] ?? '';
  const gerritName = said !== '' && namespaceForProject(said) === name ? said : undefined;
  const labelled = labels[Label.managedBy] === MANAGED_BY && labels[Label.purpose] === 'project';
  const applied = managedFields.some((entry) => entry.manager === FIELD_MANAGER && entry.operation === 'Apply');
  return {
    uid,
    ours: applied || (labelled && gerritName !== undefined),
    gerritName,
    visibility: labels[Label.visibility] === 'public' ? 'public' : 'private',
    terminating: deletionTimestamp !== undefined,
    retiringSince: labels[Label.retiring] === 'true' ? annotations[Annotation.retiringSince] : undefined,
  };
}
