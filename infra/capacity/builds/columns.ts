import { FIELDS, type Field } from './parse-build';

/** Names a field goes by, compared without case, `-`, `_` and spaces. */
const NAMES: Readonly<Record<Field, readonly string[]>> = {
  start: ['start', 'started', 'startedat', 'starttime', 'startdate'],
  end: ['end', 'ended', 'endedat', 'endtime', 'enddate', 'finished', 'finishedat', 'finishtime'],
  cpu: ['cpu', 'cpus', 'cores', 'vcpu'],
  memory: ['memory', 'mem', 'memorybytes'],
  project: ['project', 'repository', 'repo'],
  pool: ['pool', 'nodepool'],
  pipeline: ['pipeline'],
  status: ['status', 'result'],
};

const fieldOf = new Map(FIELDS.flatMap((field) => NAMES[field].map((name) => [name, field] as const)));

/**
 * Which column holds which field: for each of `FIELDS` its index in `header`, or -1. Throws when start or end is missing,
 * or a field is there twice; columns of other names are nobody's business.
 */
export function columnsOf(header: readonly string[]): readonly number[] {
  const found = FIELDS.map(() => -1);
  for (const [index, name] of header.entries()) {
    const field = fieldOf.get(name.toLowerCase().replaceAll(/[-_\s]/g, ''));
    const at = field === undefined ? -1 : FIELDS.indexOf(field);
    if (at < 0) continue;
    const other = found[at];
    if (other !== undefined && other >= 0) {
      throw new Error(
        `columns '${header[other]}' and '${name}' both mean ${FIELDS[at]}; rename one, as something unknown is passed over`,
      );
    }
    found[at] = index;
  }
  const missing = (['start', 'end'] as const).filter((_, at) => (found[at] ?? -1) < 0);
  if (missing.length > 0) {
    const columns = header.map((name) => `'${name}'`).join(', ');
    throw new Error(
      `no column '${missing.join(`' and none '`)}' among ${columns}; the first line names the columns: start and end are needed; cpu, memory, project, pool, pipeline and status may be there`,
    );
  }
  return found;
}
