import type { KubeObject } from '../../../core/kube-object';
import { namespaceOf } from '../../../core/project-name';
import { messageOf } from '../../shared/errors';
import type { Logger } from '../../shared/log';
import { differences, matches, removalPatch } from './compare-object';
import { type Drift, describeDrift, fieldsOf, otherManagers } from './describe-drift';
import type { ObjectName } from './kinds';
import type { Applied, KubeNamespaces } from './kube-namespaces';
import { driftsTotal, objectsAppliedTotal } from './metrics';
import type { Observer } from './observer';
import type { Entry } from './project-table';
import type { RepairHistory } from './repair-history';

export interface ObjectMenderOptions {
  readonly cluster: KubeNamespaces;
  readonly observer: Observer;
  readonly repairs: RepairHistory;
  readonly log: Logger;
}

/** Puts single objects right, and tells on the Project what others had done to them. */
export class ObjectMender {
  constructor(private readonly options: ObjectMenderOptions) {}

  /** Makes one object what it should be. Resolves to it as it is then; rejects when something keeps it otherwise. */
  async mend(entry: Entry, object: KubeObject, index: number): Promise<unknown> {
    const wasInSync = (entry.drifted & (1n << BigInt(index))) !== 0n;
    const { cluster } = this.options;
    const name = { kind: object.kind, name: object.metadata.name, namespace: object.metadata.namespace };
    let drift: Drift | undefined;
    if (wasInSync) {
      const found = await cluster.find(name);
      if (found !== undefined && matches(object, found)) return found;
      drift = {
        object: name,
        fields: found === undefined ? undefined : fieldsOf(differences(object, found)),
        managers: found === undefined ? [] : otherManagers(found),
      };
    }
    const body = withUid(object, entry);
    let applied = await cluster.apply(body);
    if (applied.kind === 'conflict') {
      drift = { object: name, fields: applied.fields, managers: applied.managers };
      applied = await cluster.apply(body, true);
    }
    if (applied.kind === 'immutable') {
      drift ??= { object: name, fields: ['.roleRef'], managers: [] };
      await cluster.remove(name);
      applied = await cluster.apply(body, true);
    }
    const result = await this.mendRest(object, name, applied);
    objectsAppliedTotal.inc({ kind: object.kind });
    if (drift !== undefined) await this.tellDrift(entry, index, drift);
    return result;
  }

  /** Fields that others added are theirs, and applying leaves them: those that grant something are taken away. */
  private async mendRest(object: KubeObject, name: ObjectName, applied: Applied): Promise<unknown> {
    if (applied.kind !== 'applied') throw new Error(`${name.kind}/${name.name} cannot be applied: ${applied.kind}`);
    const rest = differences(object, applied.object);
    if (rest.length === 0) return applied.object;
    const removal = removalPatch(rest);
    const mended = removal === undefined ? applied.object : await this.options.cluster.merge(name, removal);
    const left = differences(object, mended);
    if (left.length === 0) return mended;
    throw new Error(
      `${name.kind}/${name.name} is not as it was applied: ${fieldsOf(left).join(', ')}; something in the cluster changes it`,
    );
  }

  /** Takes away an object that carries our label, grants something, and was not asked for. */
  async remove(entry: Entry, object: ObjectName): Promise<void> {
    const { cluster, log, observer } = this.options;
    const name = `${object.kind}/${object.name}`;
    await cluster.remove(object);
    observer.removed(entry.id, object);
    driftsTotal.inc({ kind: object.kind });
    log.warn({ namespace: object.namespace, object: name }, 'removed: it has our label and is not ours');
    if (entry.project === undefined) return;
    const message = `${name} carried our label and was not asked for; it was deleted`;
    this.options.repairs.note(entry.id, message);
    await cluster.event(entry.id, entry.project, 'Removed', 'Remove', message);
  }

  private async tellDrift(entry: Entry, index: number, drift: Drift): Promise<void> {
    const { cluster, log, repairs } = this.options;
    const message = describeDrift(drift);
    const times = repairs.record(entry.id, index, message);
    driftsTotal.inc({ kind: drift.object.kind });
    log.warn({ namespace: namespaceOf(entry.id), drift: message, times }, 'put back what somebody changed');
    if (entry.project === undefined) return;
    await cluster.event(entry.id, entry.project, 'Drifted', 'PutBack', message).catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'event not written');
    });
  }
}

/** Applied to this very namespace: another one of its name is refused by the API server. */
function withUid(object: KubeObject, { space }: Entry): KubeObject {
  if (object.kind !== 'Namespace' || space === undefined) return object;
  return { ...object, metadata: { ...object.metadata, uid: space.uid } };
}
