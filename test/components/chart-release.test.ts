import * as pulumi from '@pulumi/pulumi';
import { App, Chart, type ChartProps } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { ChartRelease, type SecretValues } from '../../components/chart-release';
import { record } from './record-resources';

function chart(options: ChartProps = { namespace: 'home' }): Chart {
  const made = new Chart(new App(), 'chart', options);
  new k8s.KubeJob(made, 'Job', { metadata: { name: 'job' }, spec: { template: {} } });
  new k8s.KubeDeployment(made, 'Deployment', {
    metadata: { name: 'thing' },
    spec: { selector: {}, template: {} },
  });
  new k8s.KubeConfigMap(made, 'Config', { metadata: { name: 'thing' }, data: { a: '1' } });
  return made;
}

const release = (args: { chart: Chart; secrets?: SecretValues }) => record(() => new ChartRelease('it', args, {}));

describe('ChartRelease', () => {
  test('each object is a resource of its own, under a name that does not depend on the others', async () => {
    const { resources } = await release({ chart: chart() });

    expect(resources.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      'kubernetes:apps/v1:Deployment home/Deployment/thing',
      'kubernetes:batch/v1:Job home/Job/job',
      'kubernetes:core/v1:ConfigMap home/ConfigMap/thing',
      'seakeeper:index:ChartRelease it',
    ]);
  });

  test('a resource says what the object says', async () => {
    const { find } = await release({ chart: chart() });

    expect(find('home/ConfigMap/thing').inputs).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'thing', namespace: 'home' },
      data: { a: '1' },
    });
  });

  test('Secrets come first, then by stage', async () => {
    const { resources } = await release({ chart: chart(), secrets: { keys: { one: 'x' } } });

    expect(resources.filter(({ custom }) => custom).map(({ name }) => name)).toEqual([
      'home/Secret/keys',
      'home/ConfigMap/thing',
      'home/Deployment/thing',
      'home/Job/job',
    ]);
  });

  test('a secret value is in its Secret, marked secret, and in no object', async () => {
    const { find, resources } = await release({
      chart: chart(),
      secrets: { keys: { private: pulumi.secret('PRIVATE') } },
    });

    const { stringData } = find('home/Secret/keys').inputs;
    expect(pulumi.runtime.isRpcSecret(stringData)).toBe(true);
    expect(pulumi.runtime.unwrapRpcSecret(stringData)).toEqual({ private: 'PRIVATE' });
    const others = resources.filter(({ name }) => name !== 'home/Secret/keys');
    expect(JSON.stringify(others)).not.toContain('PRIVATE');
  });

  test('throws when a chart of cluster-scoped objects is given Secrets', async () => {
    await expect(release({ chart: chart({}), secrets: { keys: {} } })).rejects.toThrow(
      "chart 'chart' must declare a namespace to hold them",
    );
  });
});
