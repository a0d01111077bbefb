import type { Pipeline } from '../../../core/pipeline';
import { planFilter } from '../../shared/filter/plan-filters';

/** Refs whose tips are read, in as few requests as there are names: every branch of some projects, some branches of every one. */
export interface FollowedRefs {
  /** Gerrit names. */
  readonly projects: readonly string[];
  /** Without `refs/heads/`. */
  readonly branches: readonly string[];
}

/** What triggers on `ref-updated` name in plain text; one that does not would take a request for every project there is. */
export function planFollowedRefs(pipelines: readonly Pipeline[]): FollowedRefs {
  const triggers = pipelines
    .flatMap((pipeline) => planFilter(pipeline).triggers)
    .filter(({ events }) => events.includes('ref-updated'));
  const projects = triggers.flatMap((trigger) => trigger.projects ?? []);
  const branches = triggers.flatMap((trigger) => (trigger.projects === undefined ? (trigger.branches ?? []) : []));
  return { projects: [...new Set(projects)], branches: [...new Set(branches)] };
}
