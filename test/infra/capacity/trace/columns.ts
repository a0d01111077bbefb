import type { Build } from '../../../../infra/capacity/builds/types';
import { BuildColumns } from '../../../../infra/capacity/trace/build-columns';
import { placerOf } from '../../../../infra/capacity/trace/place-build';

/** Builds as columns in order of start, placed by what they say themselves. */
export function columnsOf(builds: readonly Build[]): BuildColumns {
  const columns = new BuildColumns();
  const place = placerOf({ pipelines: [], classes: {}, classOf: new Map() });
  for (const build of builds) columns.add(build, place(build));
  columns.sortByStart();
  return columns;
}

export const at = (time: string): number => Date.parse(time);
