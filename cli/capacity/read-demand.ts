import { assertUsable, readBuilds } from '../../infra/capacity/builds/read-builds';
import type { Build, BuildSink, Reading } from '../../infra/capacity/builds/types';
import { DemandSweep } from '../../infra/capacity/demand/demand-sweep';
import type { Demand } from '../../infra/capacity/demand/types';
import { NumberFile } from './number-file';
import { openBuilds } from './open-builds';

/** What reading demand from a file may be told. */
export interface ReadDemandOptions {
  /** IANA name. */
  readonly timeZone: string;
  /** Gets each build too, as it is read. @default - nobody else */
  readonly sink?: BuildSink;
  /** Pool that a build is counted for. @default - the one it names */
  readonly poolOf?: (build: Build) => string;
  /** Gets a line for each refused row that was kept, and for how many there are. */
  readonly say: (line: string) => void;
}

/**
 * The demand of a file of builds, of any size. Each refused row's number and reason are said, the first 20 of them; the
 * rest goes on without them, and a warning stays in the result. Rejects when more than one row in ten is refused, or none
 * is left: then it is the file that is wrong.
 */
export async function readDemand(
  file: string,
  { timeZone, sink, poolOf, say }: ReadDemandOptions,
): Promise<{ readonly reading: Reading; readonly demand: Demand }> {
  const store = new NumberFile();
  try {
    const sweep = new DemandSweep({ timeZone, store });
    const reading = await readBuilds(openBuilds(file), (build) => {
      sweep.add(build, poolOf?.(build));
      sink?.(build);
    });
    for (const line of refusedLines(file, reading)) say(line);
    assertUsable(reading);
    return { reading, demand: sweep.finish() };
  } finally {
    store.close();
  }
}

/** A line for each refused row that was kept, and one for the rest. */
export function refusedLines(file: string, { refused }: Reading): readonly string[] {
  const lines = refused.first.map(({ row, reason }) => `${file}: row ${row} is left out: ${reason}`);
  const rest = refused.count - refused.first.length;
  return rest > 0 ? [...lines, `${file}: ${rest} more rows are left out`] : lines;
}
