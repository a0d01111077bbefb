import { Chart } from 'cdk8s';
import { Workload, type WorkloadProps } from '../../constructs/workload';
import { synth } from './synth';

const PROPS: WorkloadProps = {
  account: { namespace: 'home', name: 'thing' },
  image: 'example.org/thing:1',
  command: ['/thing'],
  compute: { cpu: '10m', memory: '16Mi', memoryLimit: '64Mi' },
};

const render = (props: Partial<WorkloadProps> = {}) =>
  synth((app) => {
    const chart = new Chart(app, 'chart');
    new Workload(chart, 'Workload', { ...PROPS, ...props });
    return chart;
  });

describe('Workload', () => {
  test('is a Deployment, and with a volume of its own a StatefulSet', () => {
    expect(render().all('Deployment')).toHaveLength(1);
    expect(render({ claim: { size: '1Gi' } }).all('StatefulSet')).toHaveLength(1);
  });

  test('passes Pod Security restricted', () => {
    expect(render().find('Deployment')['spec']).toMatchObject({
      template: {
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    });
  });

  test('gets a token only when it uses the API', () => {
    const mounts = (usesApi: boolean) =>
      render({ usesApi }).find('Deployment')['spec'] as {
        template: { spec: { automountServiceAccountToken: boolean } };
      };

    expect(mounts(false).template.spec.automountServiceAccountToken).toBe(false);
    expect(mounts(true).template.spec.automountServiceAccountToken).toBe(true);
  });

  test('has a PodDisruptionBudget where replicas allow', () => {
    expect(render().all('PodDisruptionBudget')).toHaveLength(0);
    expect(render({ replicas: 2 }).all('PodDisruptionBudget')).toHaveLength(1);
  });

  test('has a Service when it has ports, on every node when it is shown outside', () => {
    expect(render().all('Service')).toHaveLength(0);
    expect(render({ ports: [{ name: 'web', port: 80 }] }).find('Service')['spec']).toMatchObject({ type: 'ClusterIP' });
    expect(render({ ports: [{ name: 'web', port: 80, nodePort: 30_080 }] }).find('Service')['spec']).toMatchObject({
      type: 'NodePort',
    });
  });

  test('with a port on every node, the Service publishes no port that would get a random one', () => {
    const ports = [
      { name: 'http', port: 8080 },
      { name: 'web', port: 80, nodePort: 30_080 },
    ];

    expect(render({ ports }).find('Service')['spec']).toMatchObject({ ports: [{ name: 'web', nodePort: 30_080 }] });
  });

  test('makes new pods when what they start with changes', () => {
    const pod = (config: object) => JSON.stringify(render({ restartOn: config }).find('Deployment')['spec']);

    expect(pod({ a: 1 })).not.toBe(pod({ a: 2 }));
    expect(pod({ a: 1 })).toBe(pod({ a: 1 }));
  });

  test.each([0, -1, 1.5, Number.NaN])('throws when replicas is %p', (replicas) => {
    expect(() => render({ replicas })).toThrow(
      `replicas of thing must be a whole number of at least 1, got ${replicas}`,
    );
  });

  test('manifest is unchanged', () => {
    expect(
      render({ replicas: 2, claim: { size: '1Gi', storageClass: 'fast' }, ports: [{ name: 'web', port: 80 }] }).objects,
    ).toMatchSnapshot();
  });
});
