import { Label, MANAGED_BY } from '../../../core/labels';
import { ConditionType, PROJECTS_PATH, type ProjectCondition, ProjectNames } from '../../../core/project';
import { idOfNamespace } from '../../../core/project-name';
import { collectionPath, KINDS, type Kind } from './kinds';
import { metadataField, type Observation } from './observe-collection';
import type { Observer } from './observer';
import type { Entry, ProjectTable } from './project-table';
import { keyMadeAt } from './store-keys';

/** Path of all Projects. */
/** What the controller-manager puts into every namespace, and every pod mounts. */
const ROOT_CERTIFICATE = 'kube-root-ca.crt';

export interface ObservationsOptions {
  readonly table: ProjectTable;
  readonly observer: Observer;
  /** Something about the project changed or is not as it should be. */
  readonly enqueue: (id: string) => void;
  /** A Project that is being deleted waits for the finalizer of an older version. */
  readonly heldByOldFinalizer: (id: string) => void;
}

/** Everything there is to follow: first what says what should be, then the namespaces, then what is inside of them. */
export function observations(options: ObservationsOptions): readonly (readonly Observation[])[] {
  const inside = KINDS.filter(({ kind }) => kind !== 'Namespace').map((kind) => objects(kind, options));
  return [[projects(options)], [namespaces(options)], [...inside, rootCertificates(options), storeKeys(options)]];
}

/** Entries that a list has not named yet; what is left when it is complete is gone. */
class Unseen {
  private entries = new Set<Entry>();

  constructor(private readonly table: ProjectTable) {}

  /** Only what was there before the list began: what came while it went on is not in it. */
  begin(isThere: (entry: Entry) => boolean): void {
    this.entries = new Set([...this.table.values()].filter(isThere));
  }

  see(entry: Entry): void {
    this.entries.delete(entry);
  }

  end(gone: (entry: Entry) => void): void {
    for (const entry of this.entries) gone(entry);
    this.entries = new Set();
  }
}

function projects({ table, observer, enqueue, heldByOldFinalizer }: ObservationsOptions): Observation {
  const unseen = new Unseen(table);
  let listing = false;
  return {
    path: PROJECTS_PATH,
    listing: () => {
      unseen.begin(({ project }) => project !== undefined);
      listing = true;
    },
    present: (object) => {
      const read = observer.readProject(object);
      if (read === undefined) return;
      const entry = table.at(read.id);
      unseen.see(entry);
      if (read.facts === undefined && read.hasOldFinalizer) heldByOldFinalizer(read.id);
      observer.setProject(entry, read.facts, listing);
    },
    gone: (object) => {
      const entry = table.get(metadataField(object, 'name'));
      if (entry !== undefined) observer.setProject(entry, undefined, false);
    },
    listed: () => {
      listing = false;
      unseen.end((entry) => observer.setProject(entry, undefined, false));
      for (const entry of table.values()) {
        // What is told for a while, such as drift, is looked at again.
        if (entry.project?.told.conditions.some(passes) === true) enqueue(entry.id);
      }
    },
  };
}

/** Conditions that are true for a while only. */
const passes = ({ type, status }: ProjectCondition): boolean =>
  status === 'True' && (type === ConditionType.drifted || type === ConditionType.conflict);

/** All of the cluster, not only those of our label: the name of a project's may be taken. */
function namespaces({ table, observer }: ObservationsOptions): Observation {
  const unseen = new Unseen(table);
  return {
    path: collectionPath(KINDS[0]),
    listing: () => unseen.begin(({ space }) => space !== undefined),
    present: (object) => {
      const id = idOfNamespace(metadataField(object, 'name'));
      if (id === undefined) return;
      const entry = table.at(id);
      unseen.see(entry);
      observer.setSpace(entry, object);
    },
    gone: (object) => {
      const entry = table.get(idOfNamespace(metadataField(object, 'name')) ?? '');
      if (entry !== undefined) observer.setSpace(entry, undefined);
    },
    listed: () => unseen.end((entry) => observer.setSpace(entry, undefined)),
  };
}

function objects(kind: Kind, { table, observer }: ObservationsOptions): Observation {
  return {
    path: collectionPath(kind),
    labelSelector: `${Label.managedBy}=${MANAGED_BY}`,
    listing: () => observer.beginUnseen(kind.kind),
    present: (object) => {
      const entry = entryOf(table, object);
      if (entry !== undefined) observer.compare(entry, kind.kind, object);
    },
    gone: (object) => {
      const entry = entryOf(table, object);
      if (entry !== undefined) observer.objectGone(entry, kind.kind, metadataField(object, 'name'));
    },
    listed: () => {
      for (const entry of table.values()) observer.endUnseen(entry, kind.kind);
    },
  };
}

function rootCertificates(options: ObservationsOptions): Observation {
  return named('configmaps', ROOT_CERTIFICATE, options, {
    has: ({ hasRootCertificate }) => hasRootCertificate,
    set: (entry, object) => {
      const changed = entry.hasRootCertificate !== (object !== undefined);
      entry.hasRootCertificate = object !== undefined;
      return changed;
    },
  });
}

function storeKeys(options: ObservationsOptions): Observation {
  return named('secrets', ProjectNames.storeSecret, options, {
    has: (entry) => entry.keyMadeAt !== undefined,
    set: (entry, object) => {
      const made = object === undefined ? undefined : keyMadeAt(object);
      const changed = (entry.keyMadeAt === undefined) !== (made === undefined);
      entry.keyMadeAt = made;
      return changed;
    },
  });
}

interface NamedObject {
  readonly has: (entry: Entry) => boolean;
  /** The object, or undefined: there is none. Whether that changes what is to be done. */
  readonly set: (entry: Entry, object: unknown) => boolean;
}

/** One object of the same name in each namespace, of which only the metadata is looked at. */
function named(
  plural: string,
  name: string,
  { table, enqueue }: ObservationsOptions,
  { has, set }: NamedObject,
): Observation {
  const unseen = new Unseen(table);
  const put = (entry: Entry, object: unknown) => {
    if (set(entry, object)) enqueue(entry.id);
  };
  const heard = (found: unknown, object: unknown) => {
    const entry = entryOf(table, found);
    if (entry === undefined) return;
    unseen.see(entry);
    put(entry, object);
  };
  return {
    path: `/api/v1/${plural}`,
    fieldSelector: `metadata.name=${name}`,
    metadataOnly: true,
    listing: () => unseen.begin(has),
    present: (object) => heard(object, object),
    gone: (object) => heard(object, undefined),
    listed: () => unseen.end((entry) => put(entry, undefined)),
  };
}

function entryOf(table: ProjectTable, object: unknown): Entry | undefined {
  const id = idOfNamespace(metadataField(object, 'namespace'));
  return id === undefined ? undefined : table.get(id);
}
