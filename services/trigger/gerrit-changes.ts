import type { GerritClient } from '../shared/gerrit-client';
import type { ChangeNow } from './decide';
import type { Changes } from './ports';
import { SharedReads } from './shared-reads';

/** Changes as Gerrit has them now. Pipelines that are told of one event share the reads that come after it. */
export class GerritChanges implements Changes {
  private readonly reads = new SharedReads<ChangeNow | undefined>();

  constructor(private readonly gerrit: Pick<GerritClient, 'findChange'>) {}

  find(project: string, change: number): Promise<ChangeNow | undefined> {
    return this.reads.read(`${project}~${change}`, () => this.ask(project, change));
  }

  private async ask(project: string, change: number): Promise<ChangeNow | undefined> {
    const info = await this.gerrit.findChange(project, change, ['CURRENT_REVISION']);
    return info === undefined
      ? undefined
      : {
          status: info.status,
          currentRevision: info.current_revision,
          isPrivate: info.is_private === true,
          isWip: info.work_in_progress === true,
          topic: info.topic,
          hashtags: info.hashtags ?? [],
        };
  }
}
