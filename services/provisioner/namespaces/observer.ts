import type { KubeObject } from '../../../core/kube-object';
import { namespaceOf } from '../../../core/project-name';
import type { ProvisionerConfig } from '../../../core/service-config';
import { messageOf } from '../../shared/errors';
import type { Logger } from '../../shared/log';
import { matches } from './compare-object';
import { GRANTING, type KindName, type ObjectName } from './kinds';
import { metadataField } from './observe-collection';
import { type Entry, type ProjectFacts, type ProjectTable, spaceFacts } from './project-table';
import { quotaUse } from './quota-use';
import { readProject } from './read-project';
import type { Desired, DesiredRenderer } from './render-desired';

export interface ObserverOptions {
  readonly table: ProjectTable;
  readonly renderer: DesiredRenderer;
  readonly log: Logger;
  /** Something about the project changed or is not as it should be. */
  readonly enqueue: (id: string) => void;
  /** What of its quota it uses changed, which is for people and has time. */
  readonly quotaChanged: (id: string) => void;
}

/**
 * Turns what lists and watches name into the masks of the table: each object is compared with what would be rendered in its place,
 * and forgotten. Makes no call.
 */
export class Observer {
  /** Objects with our label that are none of ours, by id. */
  private readonly extras = new Map<string, ObjectName[]>();

  constructor(private readonly options: ObserverOptions) {}

  /** Objects that carry our label, grant something, and are not asked for. */
  extrasOf(id: string): readonly ObjectName[] {
    return this.extras.get(id) ?? [];
  }

  /** It was taken away. */
  removed(id: string, object: ObjectName): void {
    const left = this.extrasOf(id).filter((extra) => !isSame(extra, object));
    if (left.length === 0) this.extras.delete(id);
    else this.extras.set(id, left);
  }

  /**
   * Facts of an entry change: objects that are rendered otherwise after it are out of date, by our own doing and nobody's
   * drift.
   */
  change(entry: Entry, change: () => void): void {
    const { renderer } = this.options;
    const before = renderer.desired(entry);
    change();
    renderer.changed(entry);
    const after = renderer.desired(entry);
    let same = before?.count === after?.count ? entry.synced : 0n;
    for (let index = 0; index < (after?.count ?? 0) && same !== 0n; index += 1) {
      const bit = 1n << BigInt(index);
      if ((same & bit) === 0n) continue;
      if (JSON.stringify(after?.object(index)) !== JSON.stringify(before?.object(index))) same &= ~bit;
    }
    entry.synced = same;
    entry.drifted &= same;
    entry.revision += 1;
  }

  /**
   * Another configuration is in force. What is rendered as before stays in sync; what is no longer rendered, and grants
   * something, is too much from now on.
   */
  reconfigure(config: ProvisionerConfig): void {
    const { renderer, table } = this.options;
    const old = renderer.copy();
    renderer.configure(config);
    // Names and people stay: what changes for one project changes for all that are rendered alike.
    const forms = new Map<string | undefined, FormChange>();
    for (const entry of table.values()) {
      const form = renderer.formOf(entry);
      const change = forms.get(form) ?? compareForms(old.desired(entry), renderer.desired(entry));
      forms.set(form, change);
      let synced = 0n;
      for (const { from, to } of change.same) {
        if ((entry.synced & (1n << BigInt(from))) !== 0n) synced |= 1n << BigInt(to);
      }
      for (const { kind, name } of change.dropped) this.foundExtra(entry, kind, name);
      Object.assign(entry, { synced, drifted: 0n, unseen: 0n });
      entry.revision += 1;
    }
  }

  /** A Project that cannot be read says nothing: neither that it is there nor that it is gone. */
  readProject(object: unknown): ReturnType<typeof readProject> | undefined {
    try {
      return readProject(object);
    } catch (error) {
      const name = metadataField(object, 'name');
      this.options.log.error({ name, reason: messageOf(error) }, `Project cannot be read; what it was stays in force`);
      const known = this.options.table.get(name);
      return known?.project === undefined
        ? undefined
        : { id: name, uid: known.project.uid, facts: known.project, hasOldFinalizer: false };
    }
  }

  /** What a Project asks for now; undefined: it is gone. `listing`: by a list, which is never behind. */
  setProject(entry: Entry, next: Entry['project'], listing: boolean): void {
    const { enqueue, table } = this.options;
    const { project } = entry;
    if (next === undefined && project === undefined) {
      table.forget(entry);
      return;
    }
    const sameAsk =
      project !== undefined &&
      next !== undefined &&
      project.uid === next.uid &&
      project.generation === next.generation &&
      project.hasOldFinalizer === next.hasOldFinalizer &&
      JSON.stringify(askOf(project)) === JSON.stringify(askOf(next));
    if (sameAsk) {
      // Between lists a watch may be behind what was told since.
      if (listing && JSON.stringify(project.told) !== JSON.stringify(next.told)) {
        entry.project = { ...project, told: next.told };
        enqueue(entry.id);
      }
      return;
    }
    const told = project?.uid === next?.uid && project !== undefined ? project.told : next?.told;
    this.change(entry, () => {
      entry.project = next === undefined || told === undefined ? undefined : { ...next, told };
    });
    enqueue(entry.id);
    table.forget(entry);
  }

  /** What a namespace is now; undefined: it is gone, and everything in it. */
  setSpace(entry: Entry, object: unknown): void {
    const { enqueue, table } = this.options;
    const next = object === undefined ? undefined : spaceFacts(object);
    const { space } = entry;
    if (next?.uid !== space?.uid && space !== undefined) {
      const wasOurs = space.ours && !space.terminating && (entry.synced & 1n) !== 0n;
      Object.assign(entry, { synced: 0n, drifted: wasOurs ? 1n : 0n, hasRootCertificate: false, keyMadeAt: undefined });
      Object.assign(entry, { store: { kind: 'unknown' }, quotaUse: undefined });
      entry.revision += 1;
      this.extras.delete(entry.id);
    }
    if (JSON.stringify(space) !== JSON.stringify(next)) {
      this.change(entry, () => {
        entry.space = next;
      });
      enqueue(entry.id);
    }
    if (object !== undefined && next?.ours === true) this.compare(entry, 'Namespace', object);
    table.forget(entry);
  }

  /** Sets the object's bit, or clears it. */
  compare(entry: Entry, kind: KindName, object: unknown): void {
    const { enqueue, quotaChanged, renderer } = this.options;
    const desired = renderer.desired(entry);
    if (desired === undefined) return;
    const name = metadataField(object, 'name');
    const index = renderer.indexOf(kind, name);
    if (index === undefined) {
      this.foundExtra(entry, kind, name);
      return;
    }
    const bit = 1n << BigInt(index);
    entry.unseen &= ~bit;
    if (kind === 'ResourceQuota') {
      const use = quotaUse(object);
      if (use !== entry.quotaUse) {
        entry.quotaUse = use;
        quotaChanged(entry.id);
      }
    }
    if ((desired.wanted & bit) === 0n) return;
    if (matches(desired.object(index), object)) {
      entry.synced |= bit;
      return;
    }
    if ((entry.synced & bit) !== 0n) entry.drifted |= bit;
    entry.synced &= ~bit;
    enqueue(entry.id);
  }

  private foundExtra(entry: Entry, kind: string, name: string): void {
    if (!GRANTING.has(kind)) return;
    const extra = { kind, name, namespace: namespaceOf(entry.id) };
    const known = this.extrasOf(entry.id);
    if (known.some((one) => isSame(one, extra))) return;
    this.extras.set(entry.id, [...known, extra]);
    this.options.enqueue(entry.id);
  }

  /** An object of the namespace is not there any more. */
  objectGone(entry: Entry, kind: KindName, name: string): void {
    const index = this.options.renderer.indexOf(kind, name);
    if (index === undefined) this.removed(entry.id, { kind, name });
    else this.lost(entry, 1n << BigInt(index));
  }

  private lost(entry: Entry, bits: bigint): void {
    const lost = entry.synced & bits;
    if (lost === 0n) return;
    entry.synced &= ~lost;
    entry.drifted |= lost;
    this.options.enqueue(entry.id);
  }

  /** A list of a kind begins: what it does not name until `endUnseen` is not there. */
  beginUnseen(kind: KindName): void {
    const ofKind = this.options.renderer.bitsOf(kind);
    for (const entry of this.options.table.values()) entry.unseen = (entry.unseen & ~ofKind) | (entry.synced & ofKind);
  }

  /** It is complete. */
  endUnseen(entry: Entry, kind: KindName): void {
    const ofKind = this.options.renderer.bitsOf(kind);
    this.lost(entry, entry.unseen & ofKind);
    entry.unseen &= ~ofKind;
    if ((entry.synced & ofKind) !== ofKind && entry.project !== undefined) this.options.enqueue(entry.id);
  }
}

/** What another configuration makes of the objects of projects that are rendered alike. */
interface FormChange {
  /** Objects that are the same in both, by their numbers. */
  readonly same: readonly { readonly from: number; readonly to: number }[];
  /** Objects there are no more. */
  readonly dropped: readonly ObjectName[];
}

function compareForms(before: Desired | undefined, after: Desired | undefined): FormChange {
  if (before === undefined || after === undefined) return { same: [], dropped: [] };
  const objects = (desired: Desired) => Array.from({ length: desired.count }, (_, index) => desired.object(index));
  const was = new Map(
    objects(before).map((object, from) => [nameOf(object), { text: JSON.stringify(object), from, object }]),
  );
  const same: { from: number; to: number }[] = [];
  for (const [to, object] of objects(after).entries()) {
    const old = was.get(nameOf(object));
    was.delete(nameOf(object));
    if (old !== undefined && old.text === JSON.stringify(object)) same.push({ from: old.from, to });
  }
  const dropped = [...was.values()].map(({ object: { kind, metadata } }) => ({ kind, name: metadata.name }));
  return { same, dropped };
}

const askOf = ({ spec, members, membersOutcome }: ProjectFacts) => [spec, members, membersOutcome];
const nameOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`;
const isSame = (one: ObjectName, other: ObjectName): boolean => one.kind === other.kind && one.name === other.name;
