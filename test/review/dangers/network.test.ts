import { dangers, object } from '../objects';

const policy = (spec: unknown) => object('networking.k8s.io/v1', 'NetworkPolicy', 'fence', { spec });
const egress = (...rules: unknown[]) => policy({ podSelector: {}, policyTypes: ['Egress'], egress: rules });
const range = (cidr: string, except: string[] = []) => ({ ipBlock: { cidr, except } });
const tcp = (port: number, endPort?: number) => ({
  protocol: 'TCP',
  port,
  ...(endPort === undefined ? {} : { endPort }),
});
const outside = egress({ to: [range('0.0.0.0/0', ['10.0.0.0/8', '169.254.0.0/16'])] });

describe('egress', () => {
  test.each([
    ['an exception taken away', outside, egress({ to: [range('0.0.0.0/0', ['10.0.0.0/8'])] }), 'but for `10.0.0.0/8`'],
    [
      'an exception narrowed',
      outside,
      egress({ to: [range('0.0.0.0/0', ['10.0.0.0/9', '169.254.0.0/16'])] }),
      '`10.0.0.0/9',
    ],
    ['a wider range', egress({ to: [range('10.1.0.0/16')] }), egress({ to: [range('10.0.0.0/8')] }), '`10.0.0.0/8`'],
    [
      'a new port',
      egress({ to: [range('10.1.0.1/32')], ports: [tcp(53)] }),
      egress({ to: [range('10.1.0.1/32')], ports: [tcp(53), tcp(22)] }),
      'TCP 22',
    ],
    [
      'every port',
      egress({ to: [range('10.1.0.1/32')], ports: [tcp(53)] }),
      egress({ to: [range('10.1.0.1/32')] }),
      'every port',
    ],
    ['any peer', egress({ to: [range('10.1.0.1/32')] }), egress({}), 'anywhere'],
    [
      'an IPv6 exception',
      egress({ to: [range('::/0', ['fd00:ec2::254/128'])] }),
      egress({ to: [range('::/0')] }),
      '`::/0`',
    ],
  ])('%s is dangerous', (_, before, after, expected) => {
    const [first = '', ...others] = dangers(before, after);

    expect(first).toMatch(/^network: lets pods out: /);
    expect(first).toContain(expected);
    expect(others).toEqual([]);
  });

  test.each([
    [
      'an exception added',
      outside,
      egress({ to: [range('0.0.0.0/0', ['10.0.0.0/8', '169.254.0.0/16', '192.168.0.0/16'])] }),
    ],
    ['an exception widened', outside, egress({ to: [range('0.0.0.0/0', ['10.0.0.0/7', '169.254.0.0/16'])] })],
    ['a narrower range', egress({ to: [range('10.0.0.0/8')] }), egress({ to: [range('10.1.0.0/16')] })],
    ['one port of a span', egress({ ports: [tcp(8000, 9000)] }), egress({ ports: [tcp(8080)] })],
    ['a range that was outside every exception', outside, egress({ to: [range('192.0.2.0/24')] })],
    [
      'rules in another order',
      egress({ ports: [tcp(1)] }, { ports: [tcp(2)] }),
      egress({ ports: [tcp(2)] }, { ports: [tcp(1)] }),
    ],
  ])('%s is harmless', (_, before, after) => {
    expect(dangers(before, after)).toEqual([]);
  });

  test('a new hole is dangerous, and a new policy that only shuts is not', () => {
    expect(dangers(undefined, egress({ to: [range('10.0.0.1/32')], ports: [tcp(6443)] }))).toEqual([
      'network: lets pods out: `10.0.0.1/32`, TCP 6443',
    ]);
    expect(dangers(undefined, policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }))).toEqual([]);
  });

  test('a fence that goes, no longer shuts, or selects other pods is dangerous', () => {
    const shut = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });

    expect(dangers(shut, undefined)).toEqual([
      'delete: NetworkPolicy is deleted',
      'network: no longer shuts the way out of the pods it selects',
      'network: no longer shuts the way in of the pods it selects',
    ]);
    expect(dangers(shut, policy({ podSelector: {}, policyTypes: ['Ingress'] }))).toEqual([
      'network: no longer shuts the way out of the pods it selects',
    ]);
    expect(
      dangers(shut, policy({ podSelector: { matchLabels: { a: 'b' } }, policyTypes: ['Ingress', 'Egress'] })),
    ).toEqual(['network: applies to other pods: its podSelector changes']);
  });
});

describe('services', () => {
  const service = (spec: unknown) => object('v1', 'Service', 'status', { spec });

  test('one shown on every node is dangerous, one that no longer is is not', () => {
    const inside = service({ type: 'ClusterIP', ports: [{ port: 80 }] });
    const outsideToo = service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30088 }] });

    expect(dangers(inside, outsideToo)).toEqual(['network: is shown outside the cluster as NodePort']);
    expect(dangers(outsideToo, inside)).toEqual([]);
    expect(dangers(outsideToo, service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30089 }] }))).toEqual([
      'network: is shown on another port of every node: 30089',
    ]);
  });
});

test('policies of another maker are for a person to read', () => {
  const calico = (order: number) => object('crd.projectcalico.org/v1', 'NetworkPolicy', 'x', { spec: { order } });

  expect(dangers(calico(1), calico(2))).toEqual([
    'network: changes a network policy whose rules are not judged here: read its diff',
  ]);
});
