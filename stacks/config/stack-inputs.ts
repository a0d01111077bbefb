import { z } from 'zod';
import { type DemandFile, parseDemandFile } from '../../infra/capacity/demand-file';
import { requirementOf } from '../../infra/capacity/requirement-of';
import { controlPlaneProblems } from '../control-plane';
import type { StackInputs } from '../release';
import { systemWorkloads } from '../system-workloads';
import { checkClusterConfig } from './parse-config';
import { InvalidConfigError } from './problem';
import { readProjectLists } from './project-list';
import type { ReadText } from './read-text';
import type { ClusterConfig } from './schema';

/**
 * What a stack is planned from, of its raw configuration and the files that names.
 *
 * @throws one error that names every problem, those of the files by file and line
 */
export function stackInputs(raw: unknown, readText: ReadText): StackInputs {
  const config = completeConfig(raw, readText);
  const demand = readDemand(config, readText);
  const known = { ...config, ...(demand === undefined ? {} : { demand }) };
  // What the system requests is known once its charts are planned, for which its quotas are enough.
  const workloads = systemWorkloads({ config, requirement: requirementOf(known) });
  const inputs = {
    config,
    requirement: requirementOf({ ...known, systemWorkloads: workloads }),
    ...(demand === undefined ? {} : { demand }),
  };
  const problems = controlPlaneProblems(inputs);
  if (problems.length > 0) throw new InvalidConfigError(problems);
  return inputs;
}

function readDemand({ capacity }: ClusterConfig, readText: ReadText): DemandFile | undefined {
  if (capacity.demand === undefined) return undefined;
  try {
    return parseDemandFile(readText(capacity.demand), capacity.demand);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InvalidConfigError([{ where: 'seakeeper:capacity.demand', message }]);
  }
}

/** What project lists are checked against, whatever else is wrong with the configuration. */
const Named = z
  .object({
    projectLists: z.array(z.string()).catch([]),
    classes: z.record(z.string(), z.unknown()).optional().catch(undefined),
  })
  .catch({ projectLists: [], classes: undefined });

/** The configuration with the projects of the files it names; what it says of a project itself holds. */
function completeConfig(raw: unknown, readText: ReadText): ClusterConfig {
  const { config, problems } = checkClusterConfig(raw);
  const { projectLists, classes } = Named.parse(raw);
  const lists = readProjectLists(projectLists, classes, readText);
  if (config === undefined || lists.problems.length > 0) {
    throw new InvalidConfigError([...problems, ...lists.problems]);
  }
  const own = new Set(config.projects.map(({ gerritName }) => gerritName));
  const listed = lists.listed.map(({ project }) => project).filter(({ gerritName }) => !own.has(gerritName));
  return { ...config, projects: [...config.projects, ...listed] };
}
