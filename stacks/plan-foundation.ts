import { ArgoCrdsChart } from '../constructs/argo-crds-chart';
import { STORE } from '../constructs/artifacts-chart';
import { ClusterAccessChart } from '../constructs/cluster-access-chart';
import { LEDGER_URL } from '../constructs/gerrit-gateway-chart';
import { NamespaceAdmissionChart } from '../constructs/namespace-admission-chart';
import { OperatorAccessChart } from '../constructs/operator-access-chart';
import { PriorityClassesChart } from '../constructs/priority-classes-chart';
import { ProjectCrdChart } from '../constructs/project-crd-chart';
import { ProvisionerFenceChart } from '../constructs/provisioner-fence-chart';
import { SeakeeperSystemChart } from '../constructs/seakeeper-system-chart';
import { SystemNamespacesChart } from '../constructs/system-namespaces-chart';
import { TenantAdmissionChart } from '../constructs/tenant-admission-chart';
import { enabledPipelines, workflowPipelines } from '../core/pipeline';
import { ProvisionerConfig } from '../core/service-config';
import type { ClusterConfig } from './config/schema';
import type { LayerPlan, Release, StackInputs } from './release';

/** What the machines' nodes are given, so that what is placed by it finds them. */
export const NODE_ATTRIBUTES = 'node-attributes';

/** Releases of the foundation that other layers wait for. */
export const Foundation = {
  crds: ['argo-crds', 'project-crd'],
  ground: [
    NODE_ATTRIBUTES,
    'system-namespaces',
    'cluster-access',
    'priority-classes',
    'provisioner-fence',
    'namespace-admission',
    'tenant-admission',
  ],
  provisioner: ['seakeeper-system'],
} as const;

/** Layer of ServiceOps: CRDs, namespaces, who may do what, and the provisioner. */
export function planFoundation(plan: LayerPlan, { config, requirement }: StackInputs): void {
  const { app } = plan;
  plan.release(new ArgoCrdsChart(app, 'argo-crds'));
  plan.release(new ProjectCrdChart(app, 'project-crd'));
  const namespaces = plan.release(new SystemNamespacesChart(app, 'system-namespaces', { network: config.network }), {
    after: Foundation.crds,
  });
  plan.release(new ClusterAccessChart(app, 'cluster-access'), { after: [namespaces] });
  if (Object.values(config.access).some((groups) => groups.length > 0)) {
    plan.release(new OperatorAccessChart(app, 'operator-access', { groups: config.access }), { after: [namespaces] });
  }
  plan.release(new PriorityClassesChart(app, 'priority-classes', { classes: requirement.priorityClasses }), {
    after: [namespaces],
  });
  plan.release(new ProvisionerFenceChart(app, 'provisioner-fence'), { after: [namespaces] });
  plan.release(new NamespaceAdmissionChart(app, 'namespace-admission'), { after: [namespaces] });
  plan.release(new TenantAdmissionChart(app, 'tenant-admission'), { after: [namespaces] });
  plan.release(
    new SeakeeperSystemChart(app, 'seakeeper-system', {
      images: config.images,
      provisioner: provisionerConfig(config, requirement),
    }),
    {
      after: Foundation.ground,
      secrets: {
        'provisioner-secrets': {
          'store-admin-access-key': { key: 'storeAdminAccessKey' },
          'store-admin-secret-key': { key: 'storeAdminSecretKey' },
          ...(asksGerrit(config) ? GERRIT_PASSWORD : {}),
        },
      },
    },
  );
}

const GERRIT_PASSWORD: Release['secrets'][string] = { 'gerrit-http-password': { key: 'gerritHttpPassword' } };

/** Whether the provisioner talks to Gerrit at all: only then it gets an account there. */
const asksGerrit = ({ selfServe, members }: ClusterConfig): boolean => selfServe.enabled || members.enabled;

function provisionerConfig(config: ClusterConfig, { quotas }: StackInputs['requirement']): ProvisionerConfig {
  const { gerrit, members, network, pipelines, retirement, selfServe } = config;
  return ProvisionerConfig.parse({
    network,
    classes: quotas,
    store: STORE,
    retirement,
    selfServe,
    members,
    pipelines: workflowPipelines(enabledPipelines(pipelines)),
    ...(asksGerrit(config) ? { gerrit, ledgerUrl: LEDGER_URL } : {}),
  });
}
