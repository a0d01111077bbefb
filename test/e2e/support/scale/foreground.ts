import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { quantile } from '../../../../bench/measurement';
import type { ControlPlane } from '../../../../bench/provision/control-plane';
import { KubeClient } from '../../../../services/shared/kube-client';

const NAMESPACE = 'foreground';
const EVERY_MS = 100;

/** Latencies of one phase, milliseconds. */
export interface Latencies {
  readonly phase: string;
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

/** Somebody else who uses the API server meanwhile: a GET and a create, ten times a second. */
export class Foreground {
  private readonly phases = new Map<string, { ms: number[]; failed: number }>();
  private phase = 'idle';
  private readonly stopping = new AbortController();
  private constructor(private readonly client: KubeClient) {}

  /** Gives the fixture's `limited` user a namespace and starts asking. */
  static async start({ admin, server }: ControlPlane): Promise<Foreground> {
    await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}`;
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAMESPACE };
    const metadata = { name: NAMESPACE };
    await admin.create(`${rbac}/roles`, {
      metadata,
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create'] }],
    });
    await admin.create(`${rbac}/rolebindings`, {
      metadata,
      roleRef,
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'limited' }],
    });
    const config = new KubeConfig();
    config.loadFromFile(server.kubeconfigFor('limited'));
    const foreground = new Foreground(new KubeClient(config));
    void foreground.run();
    return foreground;
  }

  /** What is asked from now on belongs to this phase. */
  enter(phase: string): void {
    this.phase = phase;
  }

  stop(): Latencies[] {
    this.stopping.abort();
    return [...this.phases].map(([phase, { ms, failed }]) => ({
      phase,
      calls: ms.length,
      p50: Math.round(quantile(ms, 0.5)),
      p99: Math.round(quantile(ms, 0.99)),
      failed,
    }));
  }

  private async run(): Promise<void> {
    const path = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
    for (let index = 0; !this.stopping.signal.aborted; index += 1) {
      const name = `call-${index}`;
      await this.time(() => this.client.create(path, { metadata: { name }, data: { index: String(index) } }));
      await this.time(() => this.client.get(`${path}/${name}`));
      await sleep(EVERY_MS);
    }
  }

  private async time(call: () => Promise<unknown>): Promise<void> {
    const of = this.phases.get(this.phase) ?? { ms: [], failed: 0 };
    this.phases.set(this.phase, of);
    const started = performance.now();
    await call().catch(() => {
      of.failed += 1;
    });
    of.ms.push(performance.now() - started);
  }
}
