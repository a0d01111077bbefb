import { cpuQuantity, memoryQuantity, parseQuantity } from '../../core/quantity';
import type { ProjectClass } from '../../core/service-config';
import type { ClassConfig, ExecutorShape } from './config';

/** Compute limits of a project class: its build slots times what one slot is given. */
export function quotaOf({ executors, containerExecutors }: ClassConfig, executor: ExecutorShape): ProjectClass {
  const cpu = parseQuantity(executor.cpu);
  const memory = parseQuantity(executor.memory);
  return {
    pods: Math.ceil(executors * executor.pods),
    cpu: cpuQuantity(executors * cpu),
    memory: memoryQuantity(executors * memory),
    maxContainerCpu: cpuQuantity(containerExecutors * cpu),
    maxContainerMemory: memoryQuantity(containerExecutors * memory),
  };
}
