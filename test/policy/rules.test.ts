import type { KubeObject } from '../../core/kube-object';
import { evaluate, renderViolation } from '../../policy/evaluate';
import { RULES } from '../../policy/rules';
import { BUDGET, withinBudget } from '../../policy/rules/size-budget';
import { binding, CONTAINER, clusterRole, deployment, namespace, networkPolicy } from './fixtures';

const RUNNER = { kind: 'ServiceAccount', name: 'runner', namespace: 'ci-a-x' };
const OWNER = { kind: 'User', name: 'alice' };
const OUTSIDE = { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] };
const OUTSIDE_6 = { cidr: '::/0', except: ['fd00:ec2::254/128', 'fe80::/10'] };
const egress = (...blocks: object[]) =>
  networkPolicy('ci-a-x', { policyTypes: ['Egress'], egress: [{ to: blocks.map((ipBlock) => ({ ipBlock })) }] });

/** By rule: what breaks it, with what is said; and what does not although it is close. */
const CASES: Readonly<Record<string, { bad: readonly [objects: KubeObject[], said: string][]; good: KubeObject[] }>> = {
  'no-privileged-pods': {
    bad: [
      [[deployment({ securityContext: { privileged: true } })], 'containers[0] is privileged, must not be'],
      [
        [deployment({ securityContext: { allowPrivilegeEscalation: true } })],
        'containers[0] allows privilege escalation, must not',
      ],
      [[deployment({ securityContext: { runAsUser: 0 } })], 'containers[0] runs as user 0, must not be root'],
      [[deployment({}, { securityContext: { runAsUser: 0 } })], 'securityContext.runAsUser is 0, must not be root'],
      [
        [deployment({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } })],
        'containers[0] adds capability SYS_ADMIN, must add none',
      ],
      [
        [deployment({}, { initContainers: [{ ...CONTAINER, securityContext: { privileged: true } }] })],
        'initContainers[0] is privileged, must not be',
      ],
    ],
    good: [deployment({ securityContext: { capabilities: { drop: ['ALL'] } } })],
  },
  'no-host-sharing': {
    bad: [
      [[deployment({}, { hostNetwork: true })], 'hostNetwork is true, must not be set'],
      [[deployment({}, { hostPID: true })], 'hostPID is true, must not be set'],
      [[deployment({}, { hostIPC: true })], 'hostIPC is true, must not be set'],
      [
        [deployment({}, { volumes: [{ name: 'root', hostPath: { path: '/' } }] })],
        'mounts volume root from the node (hostPath), must not',
      ],
      [[deployment({ ports: [{ hostPort: 80 }] })], 'takes port 80 of its node, must not'],
    ],
    good: [deployment({ ports: [{ containerPort: 80 }] }, { volumes: [{ name: 'tmp', emptyDir: {} }] })],
  },
  'resources-stated': {
    bad: [
      [
        [deployment({ resources: { limits: { memory: '1Gi' }, requests: { memory: '1Gi' } } })],
        'resources.requests.cpu is missing, must be stated',
      ],
      [
        [deployment({ resources: { requests: { cpu: '1', memory: '1Gi' } } })],
        'resources.limits.memory is missing, must be stated',
      ],
      [
        [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'Sensor',
            metadata: { name: 'sensor', namespace: 'gerrit-gateway' },
            spec: { template: {} },
          },
        ],
        'spec.template.container.resources.requests.cpu is missing, must be stated',
      ],
      [
        [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'ClusterWorkflowTemplate',
            metadata: { name: 'build' },
            spec: { templates: [{ name: 'build', script: { image: CONTAINER.image } }] },
          },
        ],
        'spec.templates[0].script.resources.requests.memory is missing, must be stated',
      ],
    ],
    good: [deployment()],
  },
  'images-pinned': {
    bad: [
      [[deployment({ image: 'example.org/a:1' })], 'image is example.org/a:1, must end in @sha256:'],
      [[deployment({ image: undefined })], 'names no image, must name one by digest'],
    ],
    good: [
      deployment(),
      deployment({ image: 'example.org/known:1' }),
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'ClusterWorkflowTemplate',
        metadata: { name: 'run' },
        spec: { templates: [{ name: 'run', script: { ...CONTAINER, image: '{{inputs.parameters.image}}' } }] },
      },
    ],
  },
  'no-wildcard-rbac': {
    bad: [
      [[clusterRole('a', { verbs: ['*'] })], 'rules[0].verbs is *, must name what is meant'],
      [[clusterRole('a', { resources: ['*'] })], 'rules[0].resources is *, must name what is meant'],
      [[clusterRole('a', { nonResourceURLs: ['*'] })], 'rules[0].nonResourceURLs is *, must name what is meant'],
    ],
    good: [clusterRole('a', {})],
  },
  'no-cluster-binding-per-project': {
    bad: [
      [[binding(undefined, 'a', RUNNER)], 'binds ServiceAccount runner of a project, must be a RoleBinding'],
      [
        [binding(undefined, 'a', { kind: 'Group', name: 'system:authenticated' })],
        'binds system:authenticated, must name who is meant',
      ],
    ],
    good: [
      binding('ci-a-x', 'a', RUNNER),
      binding(undefined, 'a', { kind: 'ServiceAccount', name: 'gateway', namespace: 'gerrit-gateway' }),
    ],
  },
  'gerrit-credentials-out-of-reach': {
    bad: [
      [[binding('gerrit-gateway', 'a', RUNNER)], 'gives runner rights in gerrit-gateway, must give none'],
      [
        [clusterRole('a', { resources: ['secrets'] }), binding('ci-a-x', 'a', OWNER)],
        'lets alice get secrets, must not',
      ],
      [[clusterRole('a', { verbs: ['*'] }), binding('ci-a-x', 'a', RUNNER)], 'lets runner create pods, must not'],
      [
        [clusterRole('a', { resources: ['users'], verbs: ['impersonate'] }), binding('ci-a-x', 'a', OWNER)],
        'lets alice impersonate users, must not',
      ],
    ],
    good: [clusterRole('a', { resources: ['pods', 'pods/log'] }), binding('ci-a-x', 'a', OWNER)],
  },
  'default-deny-ingress': {
    bad: [
      [[namespace('ci-a-x')], 'has no NetworkPolicy that denies all ingress'],
      [
        [namespace('ci-a-x'), networkPolicy('ci-a-x', { policyTypes: ['Ingress'], ingress: [{}] })],
        'has no NetworkPolicy that denies all ingress',
      ],
      [
        [
          namespace('ci-a-x'),
          networkPolicy('ci-a-x', { policyTypes: ['Ingress'], podSelector: { matchLabels: { app: 'a' } } }),
        ],
        'has no NetworkPolicy that denies all ingress',
      ],
    ],
    good: [namespace('ci-a-x'), networkPolicy('ci-a-x', { policyTypes: ['Ingress'] })],
  },
  'egress-fence': {
    bad: [
      [
        [namespace('ci-a-x'), networkPolicy('ci-a-x', { policyTypes: ['Ingress'] })],
        'has no NetworkPolicy that denies all egress',
      ],
      [
        [namespace('ci-a-x'), networkPolicy('ci-b-y', { policyTypes: ['Egress'] })],
        'has no NetworkPolicy that denies all egress',
      ],
    ],
    good: [namespace('ci-a-x'), networkPolicy('ci-a-x', { policyTypes: ['Ingress', 'Egress'] })],
  },
  'metadata-blocked': {
    bad: [
      [[egress({ cidr: '0.0.0.0/0' })], 'opens 169.254.169.254 (in 0.0.0.0/0), must except it'],
      [[egress({ cidr: '169.254.169.254/32' })], 'opens 169.254.169.254 (in 169.254.169.254/32), must except it'],
      [[egress({ cidr: '::/0', except: ['fe80::/10'] })], 'opens fd00:ec2::254 (in ::/0), must except it'],
      [[egress({ cidr: '::/0', except: ['fd00:ec2::254/128'] })], 'opens fe80::a9fe:a9fe (in ::/0), must except it'],
      [[networkPolicy('ci-a-x', { policyTypes: ['Egress'], egress: [{}] })], 'opens every address, must name ranges'],
    ],
    good: [egress(OUTSIDE, OUTSIDE_6), egress({ cidr: '10.64.72.1/32' })],
  },
  'size-budget': {
    bad: [
      [
        Array.from({ length: BUDGET.namespaces + 1 }, (_, index) => namespace(`ci-${index}`)),
        `${BUDGET.namespaces + 1} namespaces, at most ${BUDGET.namespaces}`,
      ],
    ],
    good: [namespace('ci-a-x')],
  },
};

const facts = { acknowledgedImages: new Set(['example.org/known:1']) };
const broken = (id: string, objects: readonly KubeObject[]) =>
  evaluate(
    RULES.filter((rule) => rule.id === id),
    objects,
    facts,
  ).map(renderViolation);

test('every rule has fixtures', () => {
  expect(Object.keys(CASES).sort()).toEqual(RULES.map(({ id }) => id).sort());
});

describe.each(Object.entries(CASES))('%s', (id, { bad, good }) => {
  test.each(bad.map(([objects, said]) => [said, objects] as const))('says: %s', (said, objects) => {
    expect(broken(id, objects).join('\n')).toContain(said);
  });

  test('lets through what is close to it', () => {
    expect(broken(id, good)).toEqual([]);
  });
});

test('size-budget counts the bytes of every object', () => {
  const rule = withinBudget({ namespaces: 1, etcdBytes: 10_000 });
  const big = (bytes: number): KubeObject => ({ ...namespace('ci-a-x'), data: 'x'.repeat(bytes) });

  expect(rule.scope === 'cluster' && rule.check([big(6000)], facts)).toEqual([]);
  expect(rule.scope === 'cluster' && rule.check([big(9000)], facts)).toMatchObject([
    { message: expect.stringMatching(/^about 1\d{4} bytes in etcd, at most 10000$/) },
  ]);
});
