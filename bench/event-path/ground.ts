import { join } from 'node:path';
import { PROJECTS_PATH } from '../../core/project';
import { namespaceForProject, projectObjectName } from '../../core/project-name';
import { GatewayConfig, type TriggerConfig } from '../../core/service-config';
import { freePort } from '../../local/gerrit/free-address';
import { type StandaloneGerrit, startStandaloneGerrit } from '../../local/gerrit/standalone-gerrit';
import { applyObjects, type ControlPlane, startControlPlane } from '../provision/control-plane';
import { scaleObjects } from '../provision/scale-objects';
import { inputsOfSize } from '../render/bench-inputs';
import { ServiceProcess } from './service-process';

/** Every measurement's one pipeline. */
export const PIPELINE = 'check';
export const PIPELINES: TriggerConfig['pipelines'] = GatewayConfig.shape.pipelines.parse([
  { name: PIPELINE, triggers: [{ event: 'patchset-created' }], label: {} },
]);

/** As a Gerrit that runs for weeks has it, and not as the local one, which shall start quickly. */
const ALL_COMPILERS = ['-XX:TieredStopAtLevel=4'];
/** Of a namespace's quota: more than any measurement takes. */
const ROOM = {
  pods: '1000000',
  'requests.cpu': '1000000',
  'requests.memory': '1000000Gi',
  'limits.memory': '1000000Gi',
};

/** A project in Gerrit whose runs have a namespace. */
export interface BenchProject {
  readonly name: string;
  readonly namespace: string;
}

/** A gateway that runs, and where it is reached. */
export interface GatewayProcess {
  readonly process: ServiceProcess;
  readonly eventSourcePort: number;
  readonly ledgerUrl: string;
}

/**
 * A real Gerrit and a control plane without nodes, with the stack's definitions, rights and policies, on which our services
 * run as their own accounts. Thrown away afterwards; no cluster need run.
 */
export class Ground {
  private constructor(
    readonly gerrit: StandaloneGerrit,
    readonly plane: ControlPlane,
    readonly projects: readonly BenchProject[],
  ) {}

  /** Starts both, with so many projects of stack `ci` on them, each ready for runs. Etcd syncs to disk. */
  static async start(projectCount: number, progress: (line: string) => void): Promise<Ground> {
    const inputs = inputsOfSize(projectCount);
    const stack = scaleObjects(inputs);
    progress('starting a control plane');
    const plane = await startControlPlane(stack, { fsync: true });
    let gerrit: StandaloneGerrit | undefined;
    try {
      await applyObjects(plane, () => stack.objects());
      await applyObjects(plane, () => stack.projects);
      progress('starting Gerrit');
      gerrit = await startStandaloneGerrit(ALL_COMPILERS);
      const names = inputs.config.projects.map(({ gerritName }) => gerritName);
      const projects = names.map((name) => ({ name, namespace: namespaceForProject(name) }));
      const ground = new Ground(gerrit, plane, projects);
      for (const project of projects) await ground.makeReady(project);
      return ground;
    } catch (error) {
      await gerrit?.remove();
      await plane.remove();
      throw error;
    }
  }

  /** Starts the gateway, on its ledger of before if it ran already. Resolves when events stream to it. */
  async startGateway(config: Partial<GatewayConfig> = {}): Promise<GatewayProcess> {
    const [eventSourcePort, ledgerPort] = await Promise.all([freePort(), freePort()]);
    const process = await ServiceProcess.start(this.plane, {
      service: 'gateway',
      config: {
        gerrit: this.gerrit.endpoint,
        pipelines: PIPELINES,
        ledgerDirectory: this.ledgerDirectory,
        ...config,
      },
      secrets: this.secrets,
      env: {
        SEAKEEPER_EVENT_SOURCE_ADDRESS: `127.0.0.1:${eventSourcePort}`,
        SEAKEEPER_LEDGER_PORT: String(ledgerPort),
      },
    });
    return { process, eventSourcePort, ledgerUrl: `http://127.0.0.1:${ledgerPort}` };
  }

  get ledgerDirectory(): string {
    return join(this.plane.folder, 'ledger');
  }

  /** What our services read of Gerrit's credentials. */
  get secrets(): Readonly<Record<string, string>> {
    return { 'gerrit-ssh-key': this.gerrit.sshKey, 'gerrit-http-password': this.gerrit.httpPassword };
  }

  async remove(): Promise<void> {
    await this.plane.remove();
    await this.gerrit.remove();
  }

  /** Says of a project what its provisioner would: its namespace is there, and in it there is room for whatever is measured. */
  private async makeReady({ name, namespace }: BenchProject): Promise<void> {
    const { admin } = this.plane;
    await this.gerrit.admin.createProject(name);
    const condition = { type: 'Ready', status: 'True', reason: 'Provisioned', message: 'ready' };
    await admin.patch(`${PROJECTS_PATH}/${projectObjectName(name)}/status`, 'merge', {
      status: { namespace, conditions: [{ ...condition, lastTransitionTime: new Date().toISOString() }] },
    });
    await admin.patch(`/api/v1/namespaces/${namespace}/resourcequotas/compute`, 'merge', { spec: { hard: ROOM } });
  }
}
