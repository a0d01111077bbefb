import { dangers, object } from '../objects';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HARDENED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
};
const container = (more: object = {}) => ({
  name: 'main',
  image: 'quay.io/argoproj/argoexec:v3',
  securityContext: HARDENED,
  ...more,
});
const deployment = (pod: object = {}, main: object = {}) =>
  object('apps/v1', 'Deployment', 'controller', {
    spec: { template: { spec: { serviceAccountName: 'argo', ...pod, containers: [container(main)] } } },
  });

describe('secret reach', () => {
  test.each([
    ['a mounted one', { volumes: [{ name: 'key', secret: { secretName: 'gerrit-ssh' } }] }, {}],
    [
      'a projected one',
      { volumes: [{ name: 'key', projected: { sources: [{ secret: { name: 'gerrit-ssh' } }] } }] },
      {},
    ],
    ['a variable', {}, { env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'gerrit-ssh', key: 'key' } } }] }],
    ['every key as variables', {}, { envFrom: [{ secretRef: { name: 'gerrit-ssh' } }] }],
  ])('%s is dangerous', (_, pod, main) => {
    expect(dangers(deployment(), deployment(pod, main))).toEqual(['secrets: reads Secret `gerrit-ssh`']);
    expect(dangers(deployment(pod, main), deployment())).toEqual([]);
  });

  test('a custom resource and a ConfigMap that name one are dangerous too', () => {
    const repository = (secret: string) =>
      object('v1', 'ConfigMap', 'artifact-repositories', {
        data: { default: `s3:\n  accessKeySecret: { name: ${secret}, key: accesskey }\n` },
      });

    expect(dangers(repository('own'), repository('gerrit-ssh'))).toEqual(['secrets: reads Secret `gerrit-ssh`']);
    expect(dangers(repository('own'), repository('own'))).toEqual([]);
  });
});

describe('pod privileges', () => {
  test.each([
    ['host network', { hostNetwork: true }, {}, "shares its node's Network (hostNetwork)"],
    ['host path', { volumes: [{ name: 'd', hostPath: { path: '/var/run' } }] }, {}, 'mounts `/var/run` of its node'],
    ['privileged', {}, { securityContext: { ...HARDENED, privileged: true } }, 'container `main` is privileged'],
    ['root', {}, { securityContext: { ...HARDENED, runAsNonRoot: false } }, 'container `main` may run as root'],
    [
      'a capability',
      {},
      { securityContext: { ...HARDENED, capabilities: { add: ['NET_ADMIN'] } } },
      'container `main` has capability NET_ADMIN',
    ],
  ])('%s is dangerous', (_, pod, main, expected) => {
    expect(dangers(deployment(), deployment(pod, main))).toEqual([`privilege: ${expected}`]);
    expect(dangers(deployment(pod, main), deployment())).toEqual([]);
  });

  test('acting as another account is dangerous', () => {
    expect(dangers(deployment(), deployment({ serviceAccountName: 'gateway' }))).toEqual([
      'rbac: acts as ServiceAccount `gateway` (was `argo`)',
    ]);
  });

  test('more replicas, another variable and more memory are harmless', () => {
    const changed = deployment(
      {},
      { env: [{ name: 'LOG_LEVEL', value: 'debug' }], resources: { limits: { memory: '2Gi' } } },
    );

    expect(dangers(deployment(), changed)).toEqual([]);
  });
});

describe('images', () => {
  const pinned = deployment({}, { image: `quay.io/argoproj/argoexec:v3@${DIGEST}` });

  test('another registry is dangerous, another tag is not', () => {
    expect(dangers(deployment(), deployment({}, { image: 'docker.io/eve/argoexec:v3' }))).toEqual([
      'image: runs an image of another repository: `docker.io/eve/argoexec:v3` (had `quay.io/argoproj/argoexec:v3`)',
    ]);
    expect(dangers(deployment(), deployment({}, { image: 'quay.io/argoproj/argoexec:v4' }))).toEqual([]);
  });

  test('a lost digest is dangerous, one that comes or changes is not', () => {
    expect(dangers(pinned, deployment())).toEqual([
      'image: `quay.io/argoproj/argoexec:v3` lost its digest: whoever moves the tag decides what runs',
    ]);
    expect(dangers(deployment(), pinned)).toEqual([]);
    expect(dangers(pinned, deployment({}, { image: `quay.io/argoproj/argoexec:v4@sha256:${'b'.repeat(64)}` }))).toEqual(
      [],
    );
  });

  test('an image that only a flag names counts', () => {
    const flagged = (image: string) => deployment({}, { args: ['--executor-image', image] });

    expect(dangers(flagged('a.example/x:1'), flagged('b.example/x:1'))).toEqual([
      'image: runs an image of another repository: `b.example/x:1` (had `a.example/x:1`, `quay.io/argoproj/argoexec:v3`)',
    ]);
  });

  test('a port of a registry is no tag', () => {
    const at = (tag: string) => deployment({}, { image: `registry.example:5000/x:${tag}` });

    expect(dangers(at('1'), at('2'))).toEqual([]);
  });
});
