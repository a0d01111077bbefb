import { kubectl } from './kubectl';

const GATEWAY = ['--namespace=gerrit-gateway', 'statefulset/gateway'];
/** As many as the local stack has. */
const REPLICAS = 2;

/** Takes every replica of the gateway away. */
export async function stopGateway(): Promise<void> {
  await kubectl(['scale', ...GATEWAY, '--replicas=0']);
  const pods = ['pod', '--selector=app.kubernetes.io/name=gateway'];
  await kubectl(['wait', '--namespace=gerrit-gateway', ...pods, '--for=delete', '--timeout=50s']);
}

/** Brings the replicas back, and waits until they are ready. */
export async function startGateway(replicas = REPLICAS): Promise<void> {
  await kubectl(['scale', ...GATEWAY, `--replicas=${replicas}`]);
  await kubectl(['rollout', 'status', ...GATEWAY, '--timeout=120s']);
}

/** Lets the first replica lead with what its volume holds, whoever was in step with the last leader. */
export async function forgetWhoIsInStep(): Promise<void> {
  await kubectl(['delete', 'lease', 'gateway', '--namespace=gerrit-gateway']);
}
