import type { App } from 'cdk8s';
import type { z } from 'zod';
import { ArgoSystemChart } from '../constructs/argo-system-chart';
import { ArtifactsChart, STORE } from '../constructs/artifacts-chart';
import { CuratedTemplatesChart } from '../constructs/curated-templates-chart';
import { BUS_USER, BusSecret } from '../constructs/event-bus-server';
import { GerritBusChart } from '../constructs/gerrit-bus-chart';
import { GerritEventsChart } from '../constructs/gerrit-events-chart';
import { GerritGatewayChart, LEDGER_URL } from '../constructs/gerrit-gateway-chart';
import { ProjectsChart } from '../constructs/projects-chart';
import { StoreSecret, StoreSetupChart } from '../constructs/store-setup-chart';
import { enabledPipelines } from '../core/pipeline';
import { GatewayConfig, ReporterConfig, TriggerConfig } from '../core/service-config';
import { poolsOf } from '../infra/nodes/pools-of';
import type { ClusterConfig } from './config/schema';
import { Foundation } from './plan-foundation';
import type { LayerPlan, Release, StackInputs } from './release';

const SECONDS_PER_HOUR = 3600;

/**
 * Layer of RelEng: controllers, bus, artifact store, event objects, projects, and last the intake. Destroying goes the
 * other way: no new event comes in, projects retire while their controllers live, and controllers go after what only
 * they can take the finalizers off.
 */
export function planSystem(plan: LayerPlan, { config }: StackInputs): void {
  const { app } = plan;
  const { system, images } = config;
  const after = [...Foundation.crds, ...Foundation.ground];
  const claim = (size: string) => ({ size, storageClass: system.storageClass });

  const controllers = [
    plan.release(
      new ArgoSystemChart(app, 'argo-system', {
        images,
        replicas: system.controllerReplicas,
        parallelism: system.parallelism,
        namespaceParallelism: system.namespaceParallelism,
        podsPerSecond: system.podsPerSecond,
      }),
      { after },
    ),
    plan.release(new GerritBusChart(app, 'gerrit-bus', { images, claim: claim(system.busSize) }), {
      after,
      secrets: BUS_SECRETS,
    }),
  ];
  const artifacts = plan.release(new ArtifactsChart(app, 'artifacts', { images, claim: claim(system.artifactsSize) }), {
    after,
    secrets: ROOT_SECRET,
  });
  plan.release(
    new StoreSetupChart(app, 'artifacts-setup', { images, store: STORE, retentionDays: system.artifactRetentionDays }),
    { after: [artifacts], secrets: STORE_ACCOUNTS },
  );
  plan.release(new CuratedTemplatesChart(app, 'curated-templates', { images }), { after: Foundation.crds });
  const events = plan.release(
    new GerritEventsChart(app, 'gerrit-events', { pipelines: enabledPipelines(config.pipelines) }),
    {
      after: controllers,
    },
  );
  const projects = plan.release(new ProjectsChart(app, 'projects', { projects: config.projects }), {
    after: [...Foundation.provisioner, ...controllers, artifacts, events],
    // A definition may have made its project one before somebody listed it here, or in the minute of the first update.
    takesOver: true,
  });
  plan.release(gatewayChart(app, config), { after: [projects], secrets: GATEWAY_SECRETS });
}

function gatewayChart(app: App, config: ClusterConfig): GerritGatewayChart {
  const { gerrit, system, images, classes } = config;
  const pipelines = enabledPipelines(config.pipelines);
  const trigger: z.input<typeof TriggerConfig> = {
    gerrit,
    pipelines,
    ledgerUrl: LEDGER_URL,
    pools: poolsOf(config),
    classPools: byClass(classes, ({ pool }) => pool),
    admission: {
      parallelism: system.parallelism,
      namespaceParallelism: system.namespaceParallelism,
      classParallelism: byClass(classes, ({ parallelism }) => parallelism),
      tellAfterSeconds: system.tellWaitAfterSeconds,
    },
  };
  return new GerritGatewayChart(app, 'gerrit-gateway', {
    images,
    gateway: GatewayConfig.parse({
      gerrit,
      pipelines,
      ...(system.gatewayReplicas === 1 ? {} : { standby: { replicas: system.gatewayReplicas, ledgerUrl: LEDGER_URL } }),
    }),
    trigger: TriggerConfig.parse(trigger),
    reporter: ReporterConfig.parse({
      gerrit,
      pipelines,
      ledgerUrl: LEDGER_URL,
      statusUrl: system.statusUrl,
      ttlSeconds: Math.round(system.workflowRetentionHours * SECONDS_PER_HOUR),
    }),
    ledgerClaim: { size: system.ledgerSize, storageClass: system.storageClass },
  });
}

/** What each class says of something, of those that do. */
function byClass<Value>(
  classes: ClusterConfig['classes'],
  of: (projectClass: ClusterConfig['classes'][string]) => Value | undefined,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(classes).flatMap(([name, projectClass]): [string, Value][] => {
      const value = of(projectClass);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

type Secrets = Release['secrets'];

const BUS_SECRETS: Secrets = {
  [BusSecret.tls]: { 'tls.crt': { key: 'natsTlsCert' }, 'tls.key': { key: 'natsTlsKey' } },
  [BusSecret.auth]: {
    // JSON quoting is YAML's and, for a quoted string, NATS's too.
    auth: { key: 'natsPassword', render: (password) => JSON.stringify({ username: BUS_USER, password }) },
    'auth.conf': {
      key: 'natsPassword',
      render: (password) => `authorization { user: "${BUS_USER}", password: ${JSON.stringify(password)} }\n`,
    },
  },
};

const ROOT_SECRET: Secrets = {
  [StoreSecret.root]: { user: { key: 'storeRootUser' }, password: { key: 'storeRootPassword' } },
};

const STORE_ACCOUNTS: Secrets = {
  [StoreSecret.accounts]: {
    'admin-access-key': { key: 'storeAdminAccessKey' },
    'admin-secret-key': { key: 'storeAdminSecretKey' },
    'reader-access-key': { key: 'storeReaderAccessKey' },
    'reader-secret-key': { key: 'storeReaderSecretKey' },
  },
};

const GERRIT_PASSWORD = { 'gerrit-http-password': { key: 'gerritHttpPassword' } } as const;

const GATEWAY_SECRETS: Secrets = {
  'gateway-secrets': { ...GERRIT_PASSWORD, 'gerrit-ssh-key': { key: 'gerritSshKey' } },
  'trigger-secrets': GERRIT_PASSWORD,
  'reporter-secrets': GERRIT_PASSWORD,
};
