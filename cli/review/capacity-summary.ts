import { parseQuantity } from '../../core/quantity';
import { fitOf, nodesOfMachines } from '../../infra/nodes/fit';
import { fitWarnings } from '../../infra/nodes/render-fit';
import type { CapacitySummary } from '../../review/capacity';
import type { StackInputs } from '../../stacks/release';

/** What a review says of a stack's capacity: needs and machines by pool, and the quotas of its classes. Pure. */
export function capacitySummary({ config, requirement }: StackInputs): CapacitySummary {
  const { machines, classes, projects } = config;
  return {
    ...(requirement.until === undefined ? {} : { until: requirement.until }),
    pools: requirement.pools.map(({ pool, executors, total, nodes }) => ({ pool, executors, ...total, nodes })),
    machines: [...new Set(machines.map(({ pool }) => pool))].sort().map((pool) => {
      const its = machines.filter((machine) => machine.pool === pool);
      return {
        pool,
        nodes: its.length,
        cpu: its.reduce((sum, { cpu }) => sum + cpu, 0),
        memory: its.reduce((sum, { memory }) => sum + parseQuantity(memory), 0),
      };
    }),
    classes: Object.keys(classes)
      .sort()
      .flatMap((name) => {
        const quota = requirement.quotas[name];
        if (quota === undefined) return [];
        const { pods, cpu, memory } = quota;
        return [{ name, projects: projects.filter((project) => project.class === name).length, pods, cpu, memory }];
      }),
    ...(machines.length === 0 ? {} : { shortfalls: fitWarnings(fitOf(requirement, nodesOfMachines(machines))) }),
  };
}
