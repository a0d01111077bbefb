import { z } from 'zod';
import { ArtifactsChart } from '../../constructs/artifacts-chart';
import { StoreSetupChart } from '../../constructs/store-setup-chart';
import { IMAGES, STORE } from './fixtures';
import { synth } from './synth';

const chart = synth((app) => new ArtifactsChart(app, 'artifacts', { images: IMAGES, claim: { size: '1Gi' } }));
const setup = synth(
  (app) => new StoreSetupChart(app, 'artifacts-setup', { images: IMAGES, store: STORE, retentionDays: 30 }),
);
const files = z.object({ data: z.record(z.string(), z.string()) }).parse(setup.find('ConfigMap', 'store-setup')).data;
const actions = (file: string) =>
  z
    .object({ Statement: z.array(z.object({ Action: z.array(z.string()) })) })
    .parse(JSON.parse(files[file] ?? ''))
    .Statement.flatMap(({ Action }) => Action);

describe('ArtifactsChart', () => {
  test('artifacts go by the lifecycle of the bucket', () => {
    expect(JSON.parse(files['lifecycle.json'] ?? '')).toMatchObject({
      Rules: [{ Status: 'Enabled', Expiration: { Days: 30 } }],
    });
  });

  test("the provisioner's key manages users and reads no object", () => {
    expect(actions('admin.json').filter((action) => !action.startsWith('admin:'))).toEqual([]);
  });

  test("the status pages' key reads objects and changes none", () => {
    expect(actions('reader.json').sort()).toEqual(['s3:GetBucketLocation', 's3:GetObject', 's3:ListBucket']);
  });

  test('keys reach the set-up by Secret only', () => {
    expect(JSON.stringify(setup.find('Job'))).toContain(
      '"secretKeyRef":{"key":"admin-secret-key","name":"store-accounts"}',
    );
    expect([...chart.all('Secret'), ...setup.all('Secret')]).toEqual([]);
  });

  test('projects, provisioner, status and set-up reach the store; nobody else', () => {
    const peers = z
      .object({ spec: z.object({ ingress: z.array(z.object({ from: z.array(z.unknown()) })).length(1) }) })
      .parse(chart.find('NetworkPolicy')).spec.ingress[0]?.from;

    expect(peers).toEqual([
      { namespaceSelector: { matchLabels: { 'seakeeper.wikimedia.org/purpose': 'project' } } },
      ...[
        ['artifacts', 'store-setup'],
        ['seakeeper-system', 'provisioner'],
        ['argo-ui', 'status'],
      ].map(([namespace, name]) => ({
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        podSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
      })),
    ]);
  });

  test('manifests are unchanged', () => {
    expect(chart.objects).toMatchSnapshot('store');
    expect(setup.objects).toMatchSnapshot('set-up');
  });
});
