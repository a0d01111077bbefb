import { basename } from 'node:path';
import type { BuildLog } from '../../infra/capacity/report/analyse';
import { BuildColumns } from '../../infra/capacity/trace/build-columns';
import { type PlacementRules, placerOf } from '../../infra/capacity/trace/place-build';
import { readDemand } from './read-demand';

/** What reading a log may be told. */
export interface ReadLogOptions {
  readonly timeZone: string;
  readonly rules: PlacementRules;
  /** What a reader of the result must know. */
  readonly note?: string;
  readonly say: (line: string) => void;
}

/** Reads a file of builds once: its demand by day, and each build with the pool it would run in, in order of start. */
export async function readLog(file: string, { timeZone, rules, note, say }: ReadLogOptions): Promise<BuildLog> {
  const columns = new BuildColumns();
  const placeBuild = placerOf(rules);
  const { reading, demand } = await readDemand(file, {
    timeZone,
    say,
    poolOf: (build) => placeBuild(build).pool,
    sink: (build) => columns.add(build, placeBuild(build)),
  });
  columns.sortByStart();
  return { file: basename(file), reading, demand, columns, ...(note === undefined ? {} : { note }) };
}
