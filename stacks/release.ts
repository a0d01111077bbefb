import type { App, Chart } from 'cdk8s';
import type { DemandFile } from '../infra/capacity/demand-file';
import type { Requirement } from '../infra/capacity/requirement';
import type { ClusterConfig, Layer } from './config/schema';
import type { SecretKey } from './config/secrets';

/** A value of a Secret: the stack's secret of that name, as it is or made into a file's text. */
export interface SecretSource {
  readonly key: SecretKey;
  readonly render?: (value: string) => string;
}

/** A chart and its place among the others. Plain data: what releases it decides how. */
export interface Release {
  readonly layer: Layer;
  /** Its chart's id. */
  readonly name: string;
  readonly chart: Chart;
  /** Names of the releases that must stand first; when destroying, what goes after. Those of foreign layers stand. */
  readonly after: readonly string[];
  /** Secrets of the chart's namespace: name, then key, then source. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, SecretSource>>>>;
  /**
   * Its objects may be there already, made by somebody else, and are the stack's from now on.
   *
   * @default false - an object that is there and not the stack's is an error
   */
  readonly takesOver?: boolean;
}

/** What a stack is planned from. */
export interface StackInputs {
  readonly config: ClusterConfig;
  readonly requirement: Requirement;
  /** What `capacity.demand` names, if anything. */
  readonly demand?: DemandFile;
}

/** Collects the releases of one layer, in the order in which they are named. */
export class LayerPlan {
  readonly releases: Release[] = [];

  constructor(
    private readonly layer: Layer,
    readonly app: App,
  ) {}

  /** Adds a chart and returns its name, for what comes after it. */
  release(chart: Chart, options: Partial<Pick<Release, 'after' | 'secrets' | 'takesOver'>> = {}): string {
    const { after = [], secrets = {}, ...rest } = options;
    this.releases.push({ layer: this.layer, name: chart.node.id, chart, after, secrets, ...rest });
    return chart.node.id;
  }
}
