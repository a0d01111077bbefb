import { ArgoUiChart } from '../constructs/argo-ui-chart';
import { STORE } from '../constructs/artifacts-chart';
import { LEDGER_URL } from '../constructs/gerrit-gateway-chart';
import { enabledPipelines } from '../core/pipeline';
import { StatusConfig } from '../core/service-config';
import { Foundation } from './plan-foundation';
import type { LayerPlan, StackInputs } from './release';

/** Layer of ServiceOps: what the public sees. */
export function planUi(plan: LayerPlan, { config }: StackInputs): void {
  const { system } = config;
  plan.release(
    new ArgoUiChart(plan.app, 'argo-ui', {
      images: config.images,
      status: StatusConfig.parse({
        pipelines: enabledPipelines(config.pipelines),
        store: STORE,
        ledgerUrl: LEDGER_URL,
        gerritUrl: config.gerrit.httpUrl,
      }),
      replicas: system.uiReplicas,
      ...(system.nodePorts === undefined ? {} : { nodePorts: system.nodePorts }),
    }),
    {
      after: [...Foundation.crds, ...Foundation.ground],
      secrets: {
        'status-secrets': {
          'store-reader-access-key': { key: 'storeReaderAccessKey' },
          'store-reader-secret-key': { key: 'storeReaderSecretKey' },
        },
      },
    },
  );
}
