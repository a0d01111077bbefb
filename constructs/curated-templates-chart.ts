import { type App, Chart } from 'cdk8s';
import type { Images } from '../core/images';
import { CacheTemplate } from './curated-templates/cache-template';
import { CheckoutTemplate } from './curated-templates/checkout-template';
import { PublishTemplate } from './curated-templates/publish-template';
import { RunImageTemplate } from './curated-templates/run-image-template';

/** Properties for `CuratedTemplatesChart`. */
export interface CuratedTemplatesChartProps {
  /** `git` with a shell, and `busybox`. */
  readonly images: Pick<Images, 'git' | 'busybox'>;
}

/** ClusterWorkflowTemplates that every project may use. */
export class CuratedTemplatesChart extends Chart {
  constructor(scope: App, id: string, { images: { git, busybox } }: CuratedTemplatesChartProps) {
    super(scope, id);

    new CheckoutTemplate(this, 'Checkout', { git });
    new RunImageTemplate(this, 'RunImage', { git });
    new CacheTemplate(this, 'Cache', { git });
    new PublishTemplate(this, 'Publish', { busybox });
  }
}
