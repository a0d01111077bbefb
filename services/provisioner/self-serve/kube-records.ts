import { z } from 'zod';
import { Label, MANAGED_BY, Namespace } from '../../../core/labels';
import { ProvisionerObject } from '../../../core/project';
import { projectObjectName } from '../../../core/project-name';
import { type KubeClient, KubeError } from '../../shared/kube-client';
import type { ServedRecord } from './decide';
import type { Records } from './ports';

const PATH = `/api/v1/namespaces/${Namespace.seakeeperSystem}/configmaps`;
/** A record that ended is kept as long as it counts for its person's rate. Milliseconds. */
const KEEP_ENDED_MS = 86_400_000;

const ConfigMaps = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      data: z.record(z.string(), z.string()).default({}),
    }),
  ),
});
const StoredRecord = z.object({
  commit: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
  ended: z.boolean().optional(),
});

/**
 * Records in ConfigMaps, one for each last character of a Project's name, which is of a hash: 32 of them, each some
 * 60 KB when there are 10,000 projects. Read once; this process is the only one that writes while it leads.
 */
export class KubeRecords implements Records {
  private constructor(
    private readonly kube: Pick<KubeClient, 'create' | 'patch'>,
    /** By name of the Project. */
    private readonly records: Map<string, ServedRecord>,
  ) {}

  static async load(kube: Pick<KubeClient, 'get' | 'create' | 'patch'>): Promise<KubeRecords> {
    const { items } = ConfigMaps.parse(await kube.get(PATH));
    const records = items
      .filter(({ metadata }) => metadata.name.startsWith(ProvisionerObject.recordsPrefix))
      .flatMap(({ data }) => Object.entries(data))
      .flatMap(([name, json]): [string, ServedRecord][] => {
        const record = parseRecord(json);
        return record === undefined ? [] : [[name, record]];
      });
    return new KubeRecords(kube, new Map(records));
  }

  find(gerritName: string): ServedRecord | undefined {
    return this.records.get(projectObjectName(gerritName));
  }

  servedSince(by: string, since: number, beside: string): readonly number[] {
    const own = projectObjectName(beside);
    return [...this.records]
      .filter(([name, record]) => name !== own && record.by === by)
      .map(([, { at }]) => Date.parse(at))
      .filter((at) => at > since);
  }

  async put(gerritName: string, record: ServedRecord): Promise<void> {
    const name = projectObjectName(gerritName);
    this.records.set(name, record);
    await this.write(shardOf(name), { [name]: JSON.stringify(record) });
  }

  /** Forgets those that ended so long ago that nothing depends on them. */
  async expire(now: number): Promise<void> {
    for (const [name, { ended, at }] of [...this.records]) {
      if (ended === true && Date.parse(at) < now - KEEP_ENDED_MS) {
        await this.write(shardOf(name), { [name]: null });
        this.records.delete(name);
      }
    }
  }

  private async write(shard: string, data: Readonly<Record<string, string | null>>): Promise<void> {
    try {
      await this.kube.patch(`${PATH}/${shard}`, 'merge', { data });
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 404)) {
        throw error;
      }
      const labels = { [Label.managedBy]: MANAGED_BY, [Label.partOf]: MANAGED_BY, [Label.name]: shard };
      await this.kube.create(PATH, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: shard, labels }, data });
    }
  }
}

const shardOf = (name: string): string => ProvisionerObject.recordsPrefix + name.slice(-1);

/** What cannot be read is as if it were not there: the project is then looked at like a new one. */
function parseRecord(json: string): ServedRecord | undefined {
  try {
    const { ended, ...record } = StoredRecord.parse(JSON.parse(json));
    return ended === undefined ? record : { ...record, ended };
  } catch {
    return undefined;
  }
}
