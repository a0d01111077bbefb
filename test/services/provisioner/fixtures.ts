import { ProvisionerConfig } from '../../../core/service-config';

const limits = { pods: 10, cpu: '4', memory: '8Gi', maxContainerCpu: '2', maxContainerMemory: '4Gi' };
export const classes = { default: limits, large: { ...limits, pods: 50 } };

export const config = ProvisionerConfig.parse({
  network: {
    clusterCidrs: ['10.244.0.0/16', '10.96.0.0/16'],
    holes: [{ name: 'dns', to: { kind: 'cidr', cidrs: ['10.96.0.10/32'] }, ports: [{ protocol: 'UDP', port: 53 }] }],
  },
  classes,
  store: { endpoint: 'minio.artifacts:9000', insecure: true, bucket: 'artifacts' },
});
