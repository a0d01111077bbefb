import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProjectSpec } from '../../core/project';
import { readStack } from '../../stacks/config/stack-file';
import type { StackInputs } from '../../stacks/release';

const PROJECT = join(__dirname, '../..');

/** Stack `ci` as it is in the working tree. */
export const ciInputs = (): StackInputs => readStack('ci', (path) => readFileSync(join(PROJECT, path), 'utf8'));

/** Stack `ci` with so many other projects: of every class and visibility, each with people of its own. */
export function inputsOfSize(count: number): StackInputs {
  const { config, requirement } = ciInputs();
  const classes = Object.keys(config.classes);
  const projects = Array.from({ length: count }, (_, index) =>
    ProjectSpec.parse({
      gerritName: `bench/group-${index % 97}/project-${index}`,
      class: classes[index % classes.length],
      visibility: index % 10 === 0 ? 'private' : 'public',
      owners: [`owner-${index}`, 'releng'],
      contributors: [`contributor-${index}`],
    }),
  );
  return { config: { ...config, projects }, requirement };
}
