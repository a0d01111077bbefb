import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { PriorityClass } from '../core/access';
import { shortHash } from '../core/base32';
import { Annotation } from '../core/labels';
import { type Compute, containerSecurity, POD_SECURITY, resources } from './hardened';
import { commonLabels, selectorLabels } from './metadata';
import type { AccountReference } from './rbac';
import { systemPlacementOf } from './system-placement';

/** A port of a workload. Every one is on its Service too, unless the workload has none. */
export interface WorkloadPort {
  readonly name: string;
  readonly port: number;
  /**
   * Port on every node, for what is shown outside.
   *
   * @default - reached inside the cluster only
   */
  readonly nodePort?: number;
}

/** A file system a container sees. */
export interface WorkloadMount {
  readonly name: string;
  readonly path: string;
  /** @default false */
  readonly readOnly?: boolean;
  /** @default - the volume itself */
  readonly subPath?: string;
  readonly volume: Omit<k8s.Volume, 'name'> | 'claim';
}

/** Properties for `Workload`. */
export interface WorkloadProps {
  /** Account the pods run as; its name is the workload's, its namespace where everything goes. */
  readonly account: AccountReference;
  readonly image: string;
  readonly command: readonly string[];
  /** @default - none */
  readonly args?: readonly string[];
  /** @default - none */
  readonly env?: readonly k8s.EnvVar[];
  readonly compute: Compute;
  /**
   * @default 1
   */
  readonly replicas?: number;
  /** @default - no ports and no Service */
  readonly ports?: readonly WorkloadPort[];
  /**
   * Whether the Service sends traffic to pods that are not ready.
   *
   * @default false
   */
  readonly publishNotReady?: boolean;
  /**
   * Labels, beside its name, of the pods its Service sends traffic to; they get them when they run.
   *
   * @default - none: traffic goes to all
   */
  readonly serviceSelects?: Readonly<Record<string, string>>;
  /** @default - `/tmp` only */
  readonly mounts?: readonly WorkloadMount[];
  /** @default - none */
  readonly readiness?: k8s.Probe;
  /** @default - none */
  readonly liveness?: k8s.Probe;
  /**
   * Plain configuration the pods read when they start: a change of it makes new pods.
   *
   * @default - none
   */
  readonly restartOn?: unknown;
  /**
   * Whether the pod talks to the API server, and so gets a token.
   *
   * @default false
   */
  readonly usesApi?: boolean;
  /**
   * Size of a volume each pod keeps for itself, mounted where a mount says `claim`. Makes it a StatefulSet.
   *
   * @default - a Deployment without a volume
   */
  readonly claim?: { readonly size: string; readonly storageClass?: string | undefined };
  /** @default 'RollingUpdate' */
  readonly strategy?: 'RollingUpdate' | 'Recreate';
}

/** Most a pod may have in `/tmp`. No request of ephemeral storage: nodes that do not measure theirs could run no pod. */
const TMP_SIZE = '1Gi';

/** Seconds a pod has to end cleanly. Our services are gone after 20. */
const GRACE_SECONDS = 30;

/**
 * A hardened Deployment or StatefulSet with its account, Service and, where replicas allow, PodDisruptionBudget. Every
 * long-running part of the system is one of these, so that none is laxer than another.
 */
export class Workload extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: WorkloadProps,
  ) {
    super(scope, id);

    const replicas = props.replicas ?? 1;
    if (!Number.isInteger(replicas) || replicas < 1) {
      throw new Error(`replicas of ${props.account.name} must be a whole number of at least 1, got ${replicas}`);
    }
    new k8s.KubeServiceAccount(this, 'Account', { metadata: this.metadata(), automountServiceAccountToken: false });
    this.addService();
    this.addController(replicas);
    if (replicas > 1) {
      new k8s.KubePodDisruptionBudget(this, 'Budget', {
        metadata: this.metadata(),
        spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: this.selector() } },
      });
    }
  }

  private metadata(): k8s.ObjectMeta {
    const { name, namespace } = this.props.account;
    return { name, namespace, labels: commonLabels(name) };
  }

  private selector(): Record<string, string> {
    return selectorLabels(this.props.account.name);
  }

  private addService(): void {
    const ports = this.props.ports ?? [];
    if (ports.length === 0) {
      return;
    }
    // In a Service of node ports every port gets one, and one chosen at random may be another Service's own.
    const onNodes = ports.filter(({ nodePort }) => nodePort !== undefined);
    new k8s.KubeService(this, 'Service', {
      metadata: this.metadata(),
      spec: {
        type: onNodes.length > 0 ? 'NodePort' : 'ClusterIP',
        selector: { ...this.selector(), ...this.props.serviceSelects },
        ...(this.props.publishNotReady === true ? { publishNotReadyAddresses: true } : {}),
        ports: (onNodes.length > 0 ? onNodes : ports).map(({ name, port, nodePort }) => ({
          name,
          port,
          targetPort: k8s.IntOrString.fromString(name),
          ...(nodePort === undefined ? {} : { nodePort }),
        })),
      },
    });
  }

  private addController(replicas: number): void {
    const { claim, strategy } = this.props;
    const common = { replicas, selector: { matchLabels: this.selector() }, template: this.podTemplate() };
    if (claim === undefined) {
      new k8s.KubeDeployment(this, 'Resource', {
        metadata: this.metadata(),
        spec: { ...common, strategy: { type: strategy ?? 'RollingUpdate' } },
      });
      return;
    }
    new k8s.KubeStatefulSet(this, 'Resource', {
      metadata: this.metadata(),
      spec: {
        ...common,
        serviceName: this.props.account.name,
        podManagementPolicy: 'Parallel',
        volumeClaimTemplates: [
          {
            metadata: { name: 'claim', labels: commonLabels(this.props.account.name) },
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: k8s.Quantity.fromString(claim.size) } },
              ...(claim.storageClass === undefined ? {} : { storageClassName: claim.storageClass }),
            },
          },
        ],
      },
    });
  }

  private podTemplate(): k8s.PodTemplateSpec {
    const { account, replicas = 1, restartOn, usesApi } = this.props;
    const mounts = this.mounts();
    return {
      metadata: {
        labels: commonLabels(account.name),
        ...(restartOn === undefined
          ? {}
          : { annotations: { [Annotation.configHash]: shortHash(JSON.stringify(restartOn), 16) } }),
      },
      spec: {
        serviceAccountName: account.name,
        automountServiceAccountToken: usesApi ?? false,
        enableServiceLinks: false,
        priorityClassName: PriorityClass.system,
        ...systemPlacementOf(this),
        ...(replicas > 1 ? { affinity: this.apart() } : {}),
        securityContext: POD_SECURITY,
        terminationGracePeriodSeconds: GRACE_SECONDS,
        containers: [this.container(mounts)],
        volumes: mounts.flatMap(({ name, volume }) => (volume === 'claim' ? [] : [{ name, ...volume }])),
      },
    };
  }

  /** Replicas on nodes of their own where there are enough, so that one node's end is not the end of all. */
  private apart(): k8s.Affinity {
    const podAffinityTerm = {
      labelSelector: { matchLabels: this.selector() },
      topologyKey: 'kubernetes.io/hostname',
    };
    return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] } };
  }

  private mounts(): readonly WorkloadMount[] {
    return [
      { name: 'tmp', path: '/tmp', volume: { emptyDir: { sizeLimit: k8s.Quantity.fromString(TMP_SIZE) } } },
      ...(this.props.mounts ?? []),
    ];
  }

  private container(mounts: readonly WorkloadMount[]): k8s.Container {
    const { account, image, command, args, env, compute, ports, readiness, liveness } = this.props;
    return {
      name: account.name,
      image,
      imagePullPolicy: 'IfNotPresent',
      command: [...command],
      ...(args === undefined ? {} : { args: [...args] }),
      ...(env === undefined ? {} : { env: [...env] }),
      ...(ports === undefined ? {} : { ports: ports.map(({ name, port }) => ({ name, containerPort: port })) }),
      resources: resources(compute),
      securityContext: containerSecurity(),
      ...(readiness === undefined ? {} : { readinessProbe: readiness }),
      ...(liveness === undefined ? {} : { livenessProbe: liveness }),
      volumeMounts: mounts.map(({ name, path, readOnly, subPath, volume }) => ({
        name: volume === 'claim' ? 'claim' : name,
        mountPath: path,
        ...(readOnly === true ? { readOnly } : {}),
        ...(subPath === undefined ? {} : { subPath }),
      })),
    };
  }
}

/** A probe of a container's HTTP port, by the port's name. */
export function httpProbe(path: string, port: string, options: Omit<k8s.Probe, 'httpGet'> = {}): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString(port) }, ...options };
}
