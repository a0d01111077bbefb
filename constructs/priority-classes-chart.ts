import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { commonLabels } from './metadata';

/** A PriorityClass. */
export interface PriorityClassProps {
  readonly name: string;
  /** Higher goes first, and pushes out lower. */
  readonly value: number;
  readonly description: string;
  /** False: its pods wait for room and push nobody out. */
  readonly preempts: boolean;
}

/** Properties for `PriorityClassesChart`. */
export interface PriorityClassesChartProps {
  readonly classes: readonly PriorityClassProps[];
}

/** PriorityClasses of the system and of runs by trust. They decide preemption only. */
export class PriorityClassesChart extends Chart {
  constructor(scope: App, id: string, { classes }: PriorityClassesChartProps) {
    super(scope, id);
    for (const { name, value, description, preempts } of classes) {
      new k8s.KubePriorityClass(this, name, {
        metadata: { name, labels: commonLabels(name) },
        value,
        description,
        // Left out where it is Kubernetes' default: it cannot be changed of a class that is there.
        ...(preempts ? {} : { preemptionPolicy: 'Never' }),
      });
    }
  }
}
