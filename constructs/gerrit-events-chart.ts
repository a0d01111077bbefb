import { type App, Chart } from 'cdk8s';
import { Namespace } from '../core/labels';
import type { Pipeline } from '../core/pipeline';
import { gerritEventBus, gerritEventSensor, gerritEventSource } from './gerrit-event-sensor';

/** Properties for `GerritEventsChart`. */
export interface GerritEventsChartProps {
  readonly pipelines: readonly Pipeline[];
}

/**
 * The event objects that Argo Events' controller fulfils. A chart of their own, because they go before the controller
 * does: nobody else takes their finalizers off.
 */
export class GerritEventsChart extends Chart {
  constructor(scope: App, id: string, { pipelines }: GerritEventsChartProps) {
    super(scope, id, { namespace: Namespace.gerritGateway });

    const bus = gerritEventBus(this, 'Bus');
    // Argo refuses a Sensor without dependencies, so a site without pipelines has the bus only.
    if (pipelines.length > 0) {
      gerritEventSource(this, 'EventSource', pipelines).addDependency(bus);
      gerritEventSensor(this, 'Sensor', pipelines).addDependency(bus);
    }
  }
}
