import { z } from 'zod';
import { PriorityClassesChart } from '../../constructs/priority-classes-chart';
import { SeakeeperSystemChart } from '../../constructs/seakeeper-system-chart';
import { SystemNamespacesChart } from '../../constructs/system-namespaces-chart';
import { ProvisionerConfig } from '../../core/service-config';
import { PRIORITY_CLASSES } from '../../infra/capacity/priority-classes';
import { IMAGES, NETWORK, PROJECT_CLASS, STORE } from './fixtures';
import { synth } from './synth';

describe('SystemNamespacesChart', () => {
  const chart = synth((app) => new SystemNamespacesChart(app, 'namespaces', { network: NETWORK }));

  test('every namespace of the system is under Pod Security restricted', () => {
    for (const { metadata } of chart.all('Namespace')) {
      expect(metadata['labels']).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    }
  });

  test('manifest is unchanged', () => {
    expect(chart.objects).toMatchSnapshot();
  });
});

describe('PriorityClassesChart', () => {
  const chart = synth((app) => new PriorityClassesChart(app, 'priorities', { classes: PRIORITY_CLASSES }));
  const value = (name: string) => Number(chart.find('PriorityClass', name)['value']);

  test('the system goes before reviewed code, and that before anybody’s', () => {
    expect(value('seakeeper-system')).toBeGreaterThan(value('seakeeper-post-review'));
    expect(value('seakeeper-post-review')).toBeGreaterThan(value('seakeeper-pre-review'));
  });

  test('one that pushes nobody out says so; the others leave it at the default, which cannot be changed later', () => {
    const [first] = PRIORITY_CLASSES;
    const classes = first === undefined ? [] : [first, { ...first, name: 'patient', preempts: false }];
    const patient = synth((app) => new PriorityClassesChart(app, 'priorities', { classes }));
    expect(patient.all('PriorityClass').map((object) => object['preemptionPolicy'])).toEqual([undefined, 'Never']);
  });

  test('manifest is unchanged', () => {
    expect(chart.objects).toMatchSnapshot();
  });
});

describe('SeakeeperSystemChart', () => {
  const chart = (cpu: string) =>
    synth(
      (app) =>
        new SeakeeperSystemChart(app, 'system', {
          images: IMAGES,
          provisioner: ProvisionerConfig.parse({
            network: NETWORK,
            classes: { default: { ...PROJECT_CLASS, cpu } },
            store: STORE,
          }),
        }),
    );

  test('a changed quota makes no new pods: the provisioner follows its configuration', () => {
    const pods = (cpu: string) => chart(cpu).find('Deployment')['spec'];

    expect(pods('4')).toEqual(pods('8'));
  });

  test('two replicas, of which a node that is drained takes one at a time', () => {
    expect(chart('4').find('Deployment')['spec']).toMatchObject({ replicas: 2, strategy: { type: 'RollingUpdate' } });
    expect(chart('4').find('PodDisruptionBudget')['spec']).toMatchObject({ maxUnavailable: 1 });
  });

  test('they agree by one lease, and touch no other', () => {
    const { rules } = z
      .object({
        rules: z.array(z.object({ verbs: z.array(z.string()), resourceNames: z.array(z.string()).optional() })),
      })
      .parse(chart('4').find('Role'));

    expect(rules.filter(({ resourceNames }) => resourceNames === undefined).flatMap(({ verbs }) => verbs)).toEqual([
      'create',
    ]);
    expect(rules.flatMap(({ resourceNames = [] }) => resourceNames)).toEqual(['provisioner']);
  });

  test('manifest is unchanged', () => {
    expect(chart('4').objects).toMatchSnapshot();
  });
});
