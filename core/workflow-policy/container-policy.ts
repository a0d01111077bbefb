import { Limit, RESERVED_CONTAINER_NAMES } from './limits';
import {
  allow,
  deny,
  denySince4,
  each,
  type FieldPolicy,
  limit,
  list,
  map,
  object,
  overwrite,
  type PolicyTable,
  strip,
} from './policy';
import { atMost, only, Rules } from './rules';

const NAME = limit('string', 'Argo’s own containers are in every pod', Rules.dnsLabel, {
  kind: 'not-pattern',
  pattern: RESERVED_CONTAINER_NAMES,
  means: 'not wait, init, supervisor, artifact-plugin-… or init-artifact-…',
});
const PORT = limit('integer', 'a port by its number', { kind: 'range', min: 1, max: 65_535 });
const ONLY_SELF = deny('it would make the node call an address of your choice');

/** What every kind of container has alike. */
const CONTAINER: Readonly<Record<string, FieldPolicy>> = {
  args: limit(list('string'), 'a pod is small enough to be stored', Rules.text),
  command: limit(list('string'), 'without it the workflow-controller asks the registry', Rules.text),
  env: limit(list(object('EnvVar')), 'a pod is small enough to be stored', atMost(Limit.parameters)),
  envFrom: deny('a project declares no ConfigMaps or Secrets'),
  image: limit('string', 'where the step’s programs come from', {
    kind: 'pattern',
    pattern: '^[A-Za-z0-9{][A-Za-z0-9._/:@{}-]{0,499}$',
    means: 'an image reference of at most 500 characters, without spaces',
  }),
  imagePullPolicy: overwrite('images are pulled when the node lacks them', 'IfNotPresent'),
  lifecycle: allow(object('Lifecycle')),
  livenessProbe: allow(object('Probe')),
  name: NAME,
  ports: limit(list(object('ContainerPort')), 'ports are for people who read', atMost(20)),
  readinessProbe: allow(object('Probe')),
  resizePolicy: deny('a step keeps the size it began with'),
  resources: allow(object('Resources')),
  restartPolicy: deny('only a sidecar that starts before the step restarts; write it under initContainers'),
  restartPolicyRules: denySince4('a step ends when its program does'),
  securityContext: limit(object('SecurityContext'), 'pods run under Pod Security “restricted”'),
  startupProbe: allow(object('Probe')),
  ...each(
    ['stdin', 'stdinOnce', 'terminationMessagePath', 'terminationMessagePolicy', 'tty'],
    strip('nobody is at the terminal of a step'),
  ),
  volumeDevices: deny('steps have files, not block devices'),
  volumeMounts: limit(list(object('VolumeMount')), 'mounts of a container', atMost(Limit.volumes)),
  workingDir: limit('string', 'a path in the container', Rules.containerPath),
};

export const CONTAINER_POLICY: PolicyTable = {
  Container: { schema: 'Container', required: ['image', 'command'], fields: CONTAINER },
  Script: {
    schema: 'ScriptTemplate',
    required: ['image', 'command', 'source'],
    fields: { ...CONTAINER, source: limit('string', 'a pod is small enough to be stored', Rules.text) },
  },
  UserContainer: {
    schema: 'UserContainer',
    required: ['name', 'image', 'command'],
    fields: {
      ...CONTAINER,
      mirrorVolumeMounts: allow('boolean'),
      restartPolicy: limit('string', 'a sidecar that starts before the step', only('Always')),
    },
  },
  ContainerSet: {
    schema: 'ContainerSetTemplate',
    required: ['containers'],
    fields: {
      containers: limit(list(object('ContainerNode')), 'containers of a pod', atMost(Limit.containersInSet)),
      retryStrategy: deny('retry the template instead'),
      volumeMounts: limit(list(object('VolumeMount')), 'mounts of a container', atMost(Limit.volumes)),
    },
  },
  ContainerNode: {
    schema: 'ContainerNode',
    required: ['name', 'image', 'command'],
    fields: {
      ...CONTAINER,
      dependencies: limit(list('string'), 'names containers of the set', atMost(Limit.containersInSet)),
    },
  },
  EnvVar: {
    schema: 'EnvVar',
    required: ['name'],
    fields: {
      name: limit(
        'string',
        'ARGO_… steers Argo’s executor; ARGO_DEBUG_PAUSE_… would lift the deadline',
        { kind: 'pattern', pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,199}$', means: 'a name of A-Z, a-z, 0-9, _, . and -' },
        { kind: 'not-pattern', pattern: '^ARGO_', means: 'not beginning with ARGO_' },
      ),
      value: limit('scalar', 'a pod is small enough to be stored', Rules.text),
      valueFrom: allow(object('EnvVarSource')),
    },
  },
  EnvVarSource: {
    schema: 'EnvVarSource',
    fields: {
      configMapKeyRef: deny('a project declares no ConfigMaps'),
      fieldRef: allow(object('FieldRef')),
      fileKeyRef: denySince4('read the file in the step'),
      resourceFieldRef: allow(object('ResourceFieldRef')),
      secretKeyRef: deny('a project declares no Secrets'),
    },
  },
  FieldRef: {
    schema: 'ObjectFieldSelector',
    required: ['fieldPath'],
    fields: {
      apiVersion: limit('string', 'fields of the pod', only('v1')),
      fieldPath: limit('string', 'what a step may know of its pod', {
        kind: 'pattern',
        pattern:
          "^(metadata\\.(name|namespace|uid)|metadata\\.labels(\\['[A-Za-z0-9./_-]+'\\])?|metadata\\.annotations|status\\.podIP)$",
        means:
          "metadata.name, metadata.namespace, metadata.uid, metadata.labels, metadata.labels['…'], metadata.annotations or status.podIP",
      }),
    },
  },
  ResourceFieldRef: {
    schema: 'ResourceFieldSelector',
    required: ['resource'],
    fields: {
      containerName: allow('string'),
      divisor: allow('quantity'),
      resource: limit('string', 'what a step may know of its container', {
        kind: 'pattern',
        pattern: '^(limits|requests)\\.(cpu|memory|ephemeral-storage)$',
        means: 'limits. or requests. and cpu, memory or ephemeral-storage',
      }),
    },
  },
  Resources: {
    schema: 'ResourceRequirements',
    fields: {
      claims: deny('devices are handed out by administrators'),
      ...each(
        ['limits', 'requests'],
        limit(map('quantity'), 'the project’s LimitRange and quota hold besides', {
          kind: 'keys',
          keep: '^(cpu|memory|ephemeral-storage)$',
          refuse: '.*',
          means: 'cpu, memory and ephemeral-storage',
        }),
      ),
    },
  },
  SecurityContext: {
    schema: 'SecurityContext',
    fields: {
      allowPrivilegeEscalation: limit('boolean', 'no step gains rights', only(false)),
      capabilities: allow(object('Capabilities')),
      privileged: limit('boolean', 'no step gains rights', only(false)),
      readOnlyRootFilesystem: allow('boolean'),
      runAsGroup: limit('integer', 'no pod runs as the group root', Rules.nonRoot),
      runAsNonRoot: limit('boolean', 'no pod runs as root', only(true)),
      runAsUser: limit('integer', 'no pod runs as root', Rules.nonRoot),
      seccompProfile: allow(object('SeccompProfile')),
      ...each(
        ['appArmorProfile', 'procMount', 'seLinuxOptions', 'windowsOptions'],
        deny('the node’s defaults hold for every pod'),
      ),
    },
  },
  Capabilities: {
    schema: 'Capabilities',
    fields: {
      add: deny('no step gains rights'),
      drop: limit(list('string'), 'every capability is dropped', { kind: 'each-one-of', values: ['ALL'] }),
    },
  },
  ContainerPort: {
    schema: 'ContainerPort',
    required: ['containerPort'],
    fields: {
      containerPort: PORT,
      hostIP: deny('it would take a port of the node'),
      hostPort: deny('it would take a port of the node'),
      name: allow('string'),
      protocol: limit('string', 'as Kubernetes knows it', only('TCP', 'UDP', 'SCTP')),
    },
  },
  Lifecycle: {
    schema: 'Lifecycle',
    fields: {
      postStart: allow(object('LifecycleHandler')),
      preStop: allow(object('LifecycleHandler')),
      stopSignal: limit('string', 'as Kubernetes knows it', {
        kind: 'pattern',
        pattern: '^SIG[A-Z0-9+-]{1,12}$',
        means: 'a signal such as SIGTERM',
      }),
    },
  },
  LifecycleHandler: {
    schema: 'LifecycleHandler',
    fields: {
      exec: allow(object('ExecAction')),
      httpGet: allow(object('HttpGet')),
      sleep: allow(object('SleepAction')),
      tcpSocket: allow(object('TcpSocket')),
    },
  },
  ExecAction: { schema: 'ExecAction', fields: { command: limit(list('string'), 'a command line', Rules.text) } },
  SleepAction: {
    schema: 'SleepAction',
    required: ['seconds'],
    fields: { seconds: limit('integer', 'a pause', { kind: 'range', min: 0, max: 60 }) },
  },
  HttpGet: {
    schema: 'HTTPGetAction',
    required: ['port'],
    fields: {
      host: ONLY_SELF,
      httpHeaders: limit(list(object('HttpHeader')), 'headers of a probe', atMost(20)),
      path: allow('string'),
      port: PORT,
      scheme: limit('string', 'as Kubernetes knows it', only('HTTP', 'HTTPS')),
    },
  },
  HttpHeader: {
    schema: 'core.v1.HTTPHeader',
    required: ['name', 'value'],
    fields: { name: allow('string'), value: allow('string') },
  },
  TcpSocket: {
    schema: 'TCPSocketAction',
    required: ['port'],
    fields: { host: ONLY_SELF, port: PORT },
  },
  GrpcAction: {
    schema: 'GRPCAction',
    required: ['port'],
    fields: { port: PORT, service: allow('string') },
  },
  Probe: {
    schema: 'Probe',
    fields: {
      exec: allow(object('ExecAction')),
      grpc: allow(object('GrpcAction')),
      httpGet: allow(object('HttpGet')),
      tcpSocket: allow(object('TcpSocket')),
      ...each(
        [
          'failureThreshold',
          'initialDelaySeconds',
          'periodSeconds',
          'successThreshold',
          'terminationGracePeriodSeconds',
          'timeoutSeconds',
        ],
        limit('integer', 'a probe is part of the run', { kind: 'range', min: 0, max: 3_600 }),
      ),
    },
  },
};
