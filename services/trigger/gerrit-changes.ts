import type { GerritClient } from '../shared/gerrit-client';
import type { ChangeNow } from './decide';
import type { Changes } from './ports';

/** Changes as Gerrit has them now. */
export class GerritChanges implements Changes {
  constructor(private readonly gerrit: Pick<GerritClient, 'findChange'>) {}

  async find(project: string, change: number): Promise<ChangeNow | undefined> {
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
