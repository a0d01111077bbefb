import { z } from 'zod';
import { SYSTEM_HOLES } from '../../core/egress';
import { hint } from './nearest-name';
import { type Problem, placeOf } from './problem';

/**
 * Problems between parts of a configuration that are each valid. Read loosely, so that they are found beside the
 * problems of a part: a part that is not what it should be says so itself and is passed over here.
 */
export function crossProblems(raw: unknown): Problem[] {
  const { pipelines, classes, projects, machines, network } = Loose.parse(raw);
  return [
    ...holeProblems(network),
    ...pipelineProblems(pipelines),
    ...projectProblems(projects, classes),
    ...machineProblems(machines),
  ];
}

const list = <T extends z.ZodType>(entry: T) => z.array(entry.optional().catch(undefined)).catch([]);
const Loose = z
  .object({
    pipelines: list(
      z.object({ name: z.string(), manager: z.string().default('independent'), enabled: z.boolean().default(true) }),
    ).default([]),
    classes: z.record(z.string(), z.unknown()).optional().catch(undefined),
    projects: list(z.object({ gerritName: z.string(), class: z.string().default('default') })).default([]),
    machines: list(z.object({ name: z.string() })).default([]),
    network: z
      .object({ holes: z.array(z.object({ name: z.string() })) })
      .optional()
      .catch(undefined),
  })
  .catch({ pipelines: [], classes: undefined, projects: [], machines: [], network: undefined });
type Loose = z.infer<typeof Loose>;

/** Says that a class is none; undefined when it is one. */
export function classProblem(name: string, classes: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.hasOwn(classes, name)) return undefined;
  const known = Object.keys(classes);
  return `must be one of seakeeper:classes: ${known.join(', ') || 'none is defined'}; got "${name}"${hint(name, known)}`;
}

/** A system that cannot resolve a name would come up and do nothing. */
function holeProblems(network: Loose['network']): Problem[] {
  if (network === undefined) return [];
  const names = network.holes.map(({ name }) => name);
  return SYSTEM_HOLES.filter((name) => !names.includes(name)).map((name) => ({
    where: placeOf(['network', 'holes']),
    message: `must have one named '${name}': the system goes through it too; got: ${names.join(', ') || 'none'}`,
  }));
}

function pipelineProblems(pipelines: Loose['pipelines']): Problem[] {
  return pipelines.flatMap((pipeline, index) => {
    if (pipeline?.manager !== 'dependent' || !pipeline.enabled) return [];
    const message = `must be independent as long as there is no gate; got "dependent"; to keep it written down, set enabled: false`;
    return [{ where: placeOf(['pipelines', index, 'manager']), message }];
  });
}

function projectProblems(projects: Loose['projects'], classes: Loose['classes']): Problem[] {
  const seen = new Map<string, number>();
  return projects.flatMap((project, index) => {
    if (project === undefined) return [];
    const problems: Problem[] = [];
    const wrongClass = classes === undefined ? undefined : classProblem(project.class, classes);
    if (wrongClass !== undefined) problems.push({ where: placeOf(['projects', index, 'class']), message: wrongClass });
    const first = seen.get(project.gerritName);
    if (first !== undefined) {
      const message = `'${project.gerritName}' is listed twice; it is also ${placeOf(['projects', first])}`;
      problems.push({ where: placeOf(['projects', index, 'gerritName']), message });
    }
    seen.set(project.gerritName, first ?? index);
    return problems;
  });
}

function machineProblems(machines: Loose['machines']): Problem[] {
  const seen = new Map<string, number>();
  return machines.flatMap((machine, index) => {
    if (machine === undefined) return [];
    const first = seen.get(machine.name);
    seen.set(machine.name, first ?? index);
    if (first === undefined) return [];
    const message = `'${machine.name}' is listed twice; it is also ${placeOf(['machines', first])}`;
    return [{ where: placeOf(['machines', index, 'name']), message }];
  });
}
