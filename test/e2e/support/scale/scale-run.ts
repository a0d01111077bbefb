import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type AuditedWrite, AuditLog } from '../../../../bench/provision/audit-log';
import { applyObjects, type ControlPlane, startControlPlane } from '../../../../bench/provision/control-plane';
import { objectPath } from '../../../../bench/provision/object-path';
import { ProvisionerProcess } from '../../../../bench/provision/provisioner-process';
import { readyProjects } from '../../../../bench/provision/ready-projects';
import { userName } from '../../../../constructs/admission-policy';
import { ServiceAccounts } from '../../../../core/access';
import { Namespace } from '../../../../core/labels';
import { PROJECTS_PATH, ProjectObject, ProvisionerObject } from '../../../../core/project';
import type { StackInputs } from '../../../../stacks/release';
import { type StoreFixture, startStore } from '../store';
import { until } from '../until';
import { compareSets, type SetComparison } from './compare-sets';
import { Foreground } from './foreground';
import { type ScaleStack, scaleStack } from './seeded-stack';

/** What a pod's namespace needs of the controller-manager, and nothing else of it. */
const CONTROLLERS = [
  'namespace-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'resourcequota-controller',
];
/** By default it makes 20 requests a second, which for 10,000 namespaces is an hour; these are its limits here. */
const CONTROLLER_FLAGS = [
  '--kube-api-qps=1000',
  '--kube-api-burst=2000',
  '--concurrent-namespace-syncs=50',
  '--concurrent-resource-quota-syncs=20',
];
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${Namespace.seakeeperSystem}/leases/${ProvisionerObject.lease}`;
/** No write for so long means that there is nothing left to do. */
const QUIET_MS = 4_000;

const Lease = z.object({ spec: z.object({ holderIdentity: z.string().nullish() }) });
const Namespaces = z.array(z.object({ metadata: z.object({ name: z.string() }) }));

/** How large, and how patient. */
export interface ScaleSize {
  readonly projects: number;
  readonly seed: number;
  /** Of the provisioners' lease. Milliseconds. */
  readonly leaseMs: number;
  /** Whether etcd syncs each write. */
  readonly fsync: boolean;
  /** Most time for one phase. Milliseconds. */
  readonly phaseMs: number;
}

/** A control plane without nodes, a store, provisioners as in the image, and everything that can be asked about them. */
export class ScaleRun {
  readonly provisioners = new Map<string, ProvisionerProcess>();
  readonly audit: AuditLog;

  private constructor(
    readonly size: ScaleSize,
    readonly plane: ControlPlane,
    readonly foreground: Foreground,
    private readonly store: StoreFixture,
    private stack: ScaleStack,
  ) {
    this.audit = new AuditLog(plane.server.auditLog);
  }

  /** Everything but a project and a provisioner. */
  static async start(size: ScaleSize, inputs: StackInputs): Promise<ScaleRun> {
    const stack = scaleStack(inputs);
    const { fsync } = size;
    const [plane, store] = await Promise.all([
      startControlPlane(stack, { fsync, audit: true, controllers: CONTROLLERS, controllerFlags: CONTROLLER_FLAGS }),
      startStore(),
    ]);
    return new ScaleRun(size, plane, await Foreground.start(plane), store, stack);
  }

  async remove(): Promise<void> {
    for (const provisioner of this.provisioners.values()) await provisioner.kill();
    this.foreground.stop();
    await Promise.all([this.plane.remove(), this.store.stop()]);
  }

  async startProvisioner(name: string): Promise<ProvisionerProcess> {
    const provisioner = await ProvisionerProcess.start(this.plane, {
      name,
      config: this.stack.config,
      store: this.store,
      leaseMs: this.size.leaseMs,
    });
    this.provisioners.set(name, provisioner);
    return provisioner;
  }

  /** The one whose name is in the lease, or undefined while it is a dead one's. */
  async leader(): Promise<ProvisionerProcess | undefined> {
    const { holderIdentity } = Lease.parse(await this.plane.admin.get(LEASE)).spec;
    return this.provisioners.get(holderIdentity?.split('_')[0] ?? '');
  }

  untilLeads(isIt: (provisioner: ProvisionerProcess) => boolean = () => true): Promise<ProvisionerProcess> {
    return until('one of the provisioners leads', async () => {
      const leader = await this.leader();
      return leader !== undefined && isIt(leader) && leader;
    });
  }

  /** Makes the stack's Project objects. */
  async makeProjects(): Promise<void> {
    await applyObjects(this.plane, () => this.stack.projects);
  }

  /** Lets the provisioners know another configuration: what is to be there is what this stack renders from now on. */
  async configure(inputs: StackInputs): Promise<void> {
    this.stack = scaleStack(inputs);
    const { configMap } = this.stack;
    const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(configMap);
    await this.plane.admin.patch(objectPath(configMap), 'merge', { data });
  }

  /** Waits until so many Projects say that they are ready. */
  async untilReady(count: number): Promise<void> {
    const everyMs = Math.max(500, count);
    const look = async () => (await readyProjects(this.plane.admin)) === count;
    await until(`${count} Projects are ready`, look, this.size.phaseMs, everyMs);
  }

  async deleteProject(name: string): Promise<void> {
    await this.plane.admin.delete(`${PROJECTS_PATH}/${name}`);
  }

  async project(name: string): Promise<ProjectObject> {
    return ProjectObject.parse(await this.plane.admin.get(`${PROJECTS_PATH}/${name}`));
  }

  /** Waits until so many namespaces of projects are left. */
  async untilNamespaces(count: number): Promise<void> {
    const look = async () => {
      let left = 0;
      for await (const { items } of this.plane.admin.list('/api/v1/namespaces', { metadataOnly: true })) {
        left += Namespaces.parse(items).filter(({ metadata }) => metadata.name.startsWith('ci-')).length;
      }
      return left === count;
    };
    await until(`${count} namespaces are left`, look, this.size.phaseMs, Math.max(500, count / 2));
  }

  /** Writes of the provisioners since a mark, or of the one of that name. */
  writes(mark: number, name?: string): Promise<AuditedWrite[]> {
    const user = userName(ServiceAccounts.provisioner);
    return this.audit.writesSince(
      mark,
      (write) => write.user === user && (name === undefined || write.agent === `seakeeper-provisioner/${name}`),
    );
  }

  /** Waits until that many writes that succeeded are of this resource. */
  async untilWritten(mark: number, resource: string, count: number): Promise<void> {
    const look = async () => (await this.writes(mark)).filter((write) => write.resource === resource).length >= count;
    await until(`${count} ${resource} are written`, look, this.size.phaseMs, 20);
  }

  /** Waits until no provisioner has written for a while what counts; by default everything does. */
  async untilQuiet(counts: (write: AuditedWrite) => boolean = () => true): Promise<void> {
    const look = async () => {
      const mark = this.audit.mark();
      await sleep(QUIET_MS);
      return !(await this.writes(mark)).some(counts);
    };
    await until('the provisioners have nothing left to write', look, this.size.phaseMs, 0);
  }

  /** What is there, beside what the stack renders for the projects that are not among the `retired`. */
  compare(retired: ReadonlySet<string> = new Set()): Promise<SetComparison> {
    const { stack } = this;
    function* left() {
      for (const object of stack.objects()) {
        if (!retired.has(object.metadata.namespace ?? object.metadata.name)) yield object;
      }
    }
    return compareSets(this.plane.admin, left());
  }
}
