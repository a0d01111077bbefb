import { z } from 'zod';
import { GerritBusChart } from '../../constructs/gerrit-bus-chart';
import { GerritGatewayChart, LEDGER_URL } from '../../constructs/gerrit-gateway-chart';
import { GatewayConfig, ReporterConfig, TriggerConfig } from '../../core/service-config';
import { GERRIT, IMAGES, PIPELINES } from './fixtures';
import { synth } from './synth';

const shared = { gerrit: GERRIT, pipelines: PIPELINES };
const chartOf = (config: GatewayConfig) =>
  synth(
    (app) =>
      new GerritGatewayChart(app, 'gateway', {
        images: IMAGES,
        gateway: config,
        trigger: TriggerConfig.parse({ ...shared, ledgerUrl: LEDGER_URL }),
        reporter: ReporterConfig.parse({ ...shared, ledgerUrl: LEDGER_URL, statusUrl: 'https://ci.example.org' }),
        ledgerClaim: { size: '1Gi' },
      }),
  );
const gateway = chartOf(GatewayConfig.parse({ ...shared, standby: { replicas: 2, ledgerUrl: LEDGER_URL } }));
const alone = chartOf(GatewayConfig.parse(shared));
const bus = synth((app) => new GerritBusChart(app, 'bus', { images: IMAGES, claim: { size: '1Gi' } }));

const Policy = z.object({
  spec: z.object({
    podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    ingress: z.array(
      z.object({
        ports: z.array(z.object({ port: z.number() })),
        from: z.array(
          z.object({
            namespaceSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
            podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
          }),
        ),
      }),
    ),
  }),
});
const NAME = 'app.kubernetes.io/name';

/** Callers a chart's policies let into a port. */
function callers(chart: typeof gateway, name: string) {
  const { ingress } = Policy.parse(chart.find('NetworkPolicy', name)).spec;
  return ingress.flatMap(({ from }) => from.map(({ podSelector }) => podSelector.matchLabels[NAME]));
}

/** Callers that do not live beside the gateway. */
const ELSEWHERE: Readonly<Record<string, string>> = { provisioner: 'seakeeper-system', status: 'argo-ui' };

describe('GerritGatewayChart', () => {
  test.each([
    ['gateway-9100', ['event-source']],
    ['gateway-9101', ['trigger', 'reporter', 'provisioner', 'status', 'gateway']],
    ['trigger-9200', ['sensor']],
  ])('port %s admits %p and nobody else', (policy, expected) => {
    expect(callers(gateway, policy)).toEqual(expected);
  });

  test('callers are known by their namespace too: a label alone opens nothing from elsewhere', () => {
    for (const policy of gateway.all('NetworkPolicy')) {
      for (const { from } of Policy.parse(policy).spec.ingress) {
        expect(from.map(({ namespaceSelector }) => namespaceSelector.matchLabels)).toEqual(
          from.map(({ podSelector }) => ({
            'kubernetes.io/metadata.name': ELSEWHERE[podSelector.matchLabels[NAME] ?? ''] ?? 'gerrit-gateway',
          })),
        );
      }
    }
  });

  test('each replica of the gateway keeps its ledger on a volume of its own, and one at a time may be taken away', () => {
    expect(gateway.find('StatefulSet', 'gateway')['spec']).toMatchObject({
      replicas: 2,
      volumeClaimTemplates: [{ spec: { resources: { requests: { storage: '1Gi' } } } }],
    });
    expect(gateway.find('PodDisruptionBudget', 'gateway')['spec']).toMatchObject({ maxUnavailable: 1 });
  });

  test('callers reach the replica that leads: its pod has a label that no template gives', () => {
    const role = 'seakeeper.wikimedia.org/role';
    expect(gateway.find('Service', 'gateway')['spec']).toMatchObject({
      selector: { [NAME]: 'gateway', [role]: 'leader' },
    });
    expect(JSON.stringify(gateway.find('StatefulSet', 'gateway'))).not.toContain(role);
  });

  test('a gateway of one replica is reached without it, and calls nobody’s ledger', () => {
    expect(alone.find('Service', 'gateway')['spec']).toMatchObject({ selector: { [NAME]: 'gateway' } });
    expect(JSON.stringify(alone.find('Service', 'gateway'))).not.toContain('leader');
    expect(JSON.stringify(alone.find('StatefulSet', 'gateway'))).not.toContain('serviceAccountToken');
  });

  test('trigger, reporter and standby prove themselves to the ledger with a token for it alone', () => {
    for (const name of ['trigger', 'reporter']) {
      expect(JSON.stringify(gateway.find('Deployment', name))).toContain('"audience":"gerrit-gateway"');
    }
    expect(JSON.stringify(gateway.find('StatefulSet', 'gateway'))).toContain('"audience":"gerrit-gateway"');
  });

  test('no secret is in a ConfigMap', () => {
    expect(JSON.stringify(gateway.all('ConfigMap'))).not.toMatch(/password|PRIVATE/i);
  });

  test('manifest is unchanged', () => {
    expect(gateway.objects).toMatchSnapshot();
  });
});

describe('GerritBusChart', () => {
  const Config = z.object({ data: z.object({ 'nats.conf': z.string() }) });
  const config = Config.parse(bus.find('ConfigMap', 'nats-config')).data['nats.conf'];

  test('every write is synced before it is acknowledged', () => {
    expect(config).toContain('sync_interval: always');
  });

  test('its one port speaks TLS and asks for a password', () => {
    expect(config).toContain('tls {');
    expect(config).toContain('include "../auth/auth.conf"');
  });

  test("admits Argo's two pods and nobody else", () => {
    expect(callers(bus, 'nats-4222')).toEqual(['event-source', 'sensor']);
  });

  test('the EventSource has no token, for it needs none', () => {
    expect(bus.find('ServiceAccount', 'event-source')).toMatchObject({ automountServiceAccountToken: false });
  });

  test('manifest is unchanged', () => {
    expect(bus.objects).toMatchSnapshot();
  });
});
