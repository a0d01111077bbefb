import { join } from 'node:path';

/** Where a maker works and whom it tells. */
export interface MakerContext {
  /** Root of the cache (`localPaths().cache`). */
  readonly cache: string;
  /** Says which step of the current part is under way. */
  readonly step: (step: string) => void;
}

/** File for the output of a part's commands. */
export const logFile = (context: MakerContext, name: string): string => join(context.cache, 'logs', `${name}.log`);
