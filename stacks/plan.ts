import { App } from 'cdk8s';
import { placeSystem } from '../constructs/system-placement';
import { poolsOf } from '../infra/nodes/pools-of';
import { planFoundation } from './plan-foundation';
import { planSystem } from './plan-system';
import { planUi } from './plan-ui';
import { LayerPlan, type Release, type StackInputs } from './release';

const PLANNERS = { foundation: planFoundation, system: planSystem, ui: planUi } as const;

/**
 * Every chart of a stack's layers in an order in which each comes after what it needs. Pure: the program releases it, a
 * review renders it, and neither can see what the other does not.
 */
export function planStack(inputs: StackInputs): Release[] {
  const app = new App();
  placeSystem(app, poolsOf(inputs.config));
  return (['foundation', 'system', 'ui'] as const)
    .filter((layer) => inputs.config.layers.includes(layer))
    .flatMap((layer) => {
      const plan = new LayerPlan(layer, app);
      PLANNERS[layer](plan, inputs);
      return plan.releases;
    });
}
