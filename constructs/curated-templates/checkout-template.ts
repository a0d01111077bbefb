import type { Construct } from 'constructs';
import { CuratedTemplate } from '../../core/curated-templates';
import type { Image } from '../../core/images';
import { ClusterWorkflowTemplate } from '../imports/argo-workflows';
import { commonLabels } from '../metadata';
import { checkoutContainer } from './checkout-container';
import { FETCH_RETRY } from './fetch-retry';
import { Workspace, workspaceVolumes } from './workspace';

/** Properties for `CheckoutTemplate`. */
export interface CheckoutTemplateProps {
  /** Image with `git` and a shell. */
  readonly git: Image;
}

/** `seakeeper-checkout/checkout`: the commit under test, as artifact `source`. */
export class CheckoutTemplate extends ClusterWorkflowTemplate {
  constructor(scope: Construct, id: string, { git }: CheckoutTemplateProps) {
    super(scope, id, {
      metadata: { name: CuratedTemplate.checkout, labels: commonLabels(CuratedTemplate.checkout) },
      spec: {
        entrypoint: 'checkout',
        templates: [
          {
            name: 'checkout',
            retryStrategy: FETCH_RETRY,
            container: checkoutContainer(git),
            volumes: workspaceVolumes,
            outputs: { artifacts: [{ name: 'source', path: Workspace.source }] },
          },
        ],
      },
    });
  }
}
