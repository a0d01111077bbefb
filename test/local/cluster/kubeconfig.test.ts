import { KubeConfig } from '@kubernetes/client-node';
import { renderKubeconfig } from '../../../local/cluster/kubeconfig';

test('a client reads the server, the authority and the identity from it', () => {
  const config = new KubeConfig();
  config.loadFromString(renderKubeconfig('AUTHORITY', 'CERTIFICATE', 'KEY'));

  expect(config.getCurrentContext()).toBe('seakeeper-local');
  expect(config.getCurrentCluster()).toMatchObject({
    server: 'https://10.250.0.2:6443',
    caData: Buffer.from('AUTHORITY').toString('base64'),
  });
  expect(config.getCurrentUser()).toMatchObject({
    certData: Buffer.from('CERTIFICATE').toString('base64'),
    keyData: Buffer.from('KEY').toString('base64'),
  });
});
