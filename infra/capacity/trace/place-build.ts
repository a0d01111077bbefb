import { PriorityClass } from '../../../core/access';
import { type Pipeline, poolOf } from '../../../core/pipeline';
import { RunPool } from '../../../core/pool';
import type { Build } from '../builds/types';
import type { ClassConfig } from '../config';
import { PRIORITY_CLASSES } from '../priority-classes';
import type { Placement } from './build-columns';

/** What says where builds of a log would run in the new system. Empty: nothing is known of the stack. */
export interface PlacementRules {
  readonly pipelines: readonly Pipeline[];
  readonly classes: Readonly<Record<string, ClassConfig>>;
  /** Class of a project, by its name in Gerrit. */
  readonly classOf: ReadonlyMap<string, string>;
}

/** Priority of runs by the trust in their code. */
const PRIORITY = {
  'post-review': priorityOf(PriorityClass['post-review']),
  'pre-review': priorityOf(PriorityClass['pre-review']),
} as const;

/**
 * Where a build of a log would run. The log's own pool holds; then the pool of its project's class, then its pipeline's,
 * as for runs of the system; `check` when none is known. Counted for its class, or for its project when that has none.
 */
export function placeBuild({ pool, pipeline, project }: Build, rules: PlacementRules): Placement {
  const described = rules.pipelines.find(({ name }) => name === pipeline);
  const className = project === undefined ? undefined : rules.classOf.get(project);
  const classPool = className === undefined ? undefined : rules.classes[className]?.pool;
  const named = RunPool.safeParse(pool);
  const chosen = named.success ? named.data : (classPool ?? (described === undefined ? 'check' : poolOf(described)));
  const trust = described?.trust ?? (chosen === 'gate' ? 'post-review' : 'pre-review');
  return { pool: chosen, priority: PRIORITY[trust], group: groupOf(className, project) };
}

/** `placeBuild` by those rules, computed once for builds that say the same: a log has few kinds in millions of rows. */
export function placerOf(rules: PlacementRules): (build: Build) => Placement {
  const kinds = new Map<string | undefined, Map<string | undefined, Map<string | undefined, Placement>>>();
  return (build) => {
    const ofProject = ensured(kinds, build.project, () => new Map());
    const ofPipeline = ensured(ofProject, build.pipeline, () => new Map());
    return ensured(ofPipeline, build.pool, () => placeBuild(build, rules));
  };
}

function ensured<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function groupOf(className: string | undefined, project: string | undefined): string {
  if (className !== undefined) return `class ${className}`;
  return project === undefined ? 'all' : project;
}

function priorityOf(name: string): number {
  return PRIORITY_CLASSES.find((row) => row.name === name)?.value ?? 0;
}
