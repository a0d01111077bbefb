import { Chart } from 'cdk8s';
import { SystemFence } from '../../constructs/system-fence';
import { NETWORK } from './fixtures';
import { synth } from './synth';

const chart = synth((app) => {
  const made = new Chart(app, 'fence');
  const network = { ...NETWORK, gerritCidrs: ['10.250.0.3/32'] };
  new SystemFence(made, 'Fence', { namespaces: ['gerrit-gateway', 'artifacts'], network });
  return made;
});
const egressOf = (name: string) => JSON.stringify(chart.find('NetworkPolicy', name)['spec']);

test('nothing leaves a namespace of the system but what is named', () => {
  const shut = chart.all('NetworkPolicy').filter(({ metadata }) => metadata.name === 'deny-egress');

  expect(shut.map(({ metadata }) => metadata.namespace)).toEqual(['gerrit-gateway', 'artifacts']);
});

test('a part calls the others at their ports and at no other', () => {
  expect(egressOf('egress-sensor')).toContain('4222');
  expect(egressOf('egress-sensor')).toContain('9200');
  expect(egressOf('egress-sensor')).not.toContain('9101');
  expect(egressOf('egress-status')).toContain('9000');
  expect(egressOf('egress-status')).toContain('9101');
  expect(egressOf('egress-argo-server')).not.toContain('9101');
});

test('the bus and the store call nobody', () => {
  const names = chart.all('NetworkPolicy').map(({ metadata }) => metadata.name);

  expect(names).not.toContain('egress-nats');
  expect(names).not.toContain('egress-minio');
});

test('gateway, trigger, reporter and provisioner reach Gerrit outside or where the site says, and no metadata address', () => {
  for (const name of ['egress-gateway', 'egress-trigger', 'egress-reporter', 'egress-provisioner']) {
    expect(egressOf(name)).toContain('10.250.0.3/32');
    expect(egressOf(name)).toContain('169.254.0.0/16');
  }
  expect(egressOf('egress-status')).not.toContain('0.0.0.0/0');
});
