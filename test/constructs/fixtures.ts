import { IMAGE_NAMES, Images } from '../../core/images';
import { Pipelines } from '../../core/pipeline';
import { ProjectSpec } from '../../core/project';
import type { GerritEndpoint, NetworkConfig, ProjectClass } from '../../core/service-config';

export const IMAGES: Images = Images.parse(
  Object.fromEntries(IMAGE_NAMES.map((name) => [name, { repository: `example.org/${name}`, tag: '1' }])),
);

export const PIPELINES = Pipelines.parse([
  { name: 'check', triggers: [{ event: 'patchset-created' }], label: {} },
  { name: 'post-merge', trust: 'post-review', triggers: [{ event: 'change-merged' }] },
]);

export const GERRIT: GerritEndpoint = {
  name: 'example',
  httpUrl: 'https://gerrit.example.org',
  fetchUrl: 'https://gerrit.example.org',
  sshHost: 'gerrit.example.org',
  sshPort: 29418,
  sshHostKeys: ['ssh-ed25519 AAAA'],
  account: 'seakeeper',
  canaryProject: 'canary',
};

export const NETWORK: NetworkConfig = {
  gerritCidrs: [],
  clusterCidrs: ['10.244.0.0/16', '10.96.0.0/16', 'fd00:10::/64'],
  holes: [
    {
      name: 'dns',
      to: { kind: 'pods', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      ports: [
        { protocol: 'UDP', port: 53 },
        { protocol: 'TCP', port: 53 },
      ],
    },
    { name: 'api-server', to: { kind: 'cidr', cidrs: ['10.0.0.1/32'] }, ports: [{ protocol: 'TCP', port: 6443 }] },
  ],
};

export const PROJECT_CLASS: ProjectClass = {
  pods: 10,
  cpu: '4',
  memory: '8Gi',
  maxContainerCpu: '2',
  maxContainerMemory: '4Gi',
};

export const PROJECT: ProjectSpec = ProjectSpec.parse({
  gerritName: 'mediawiki/core',
  owners: ['zoe', 'ann'],
  contributors: ['bob'],
});

export const STORE = { endpoint: 'minio.artifacts.svc:9000', insecure: true, bucket: 'artifacts', region: 'us-east-1' };
