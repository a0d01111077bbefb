/** One definition of a JSON schema, as far as types are made from it. */
export interface Definition {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly items?: Definition;
  readonly properties?: Readonly<Record<string, Definition>>;
  readonly additionalProperties?: Definition | boolean;
  readonly required?: readonly string[];
}

/** What is taken from one module's schema: the kinds that get a class, and the fields we use of each definition. */
export interface Selection {
  readonly module: string;
  readonly version: string;
  readonly apiVersion: string;
  /** Kinds that are objects of their own. */
  readonly kinds: readonly string[];
  /** Definition (full name), then the fields used. A field that refers to a definition needs that one listed too. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

const EVENTS = 'io.argoproj.events.v1alpha1.';
const WORKFLOWS = 'io.argoproj.workflow.v1alpha1.';
const CORE = 'io.k8s.api.core.v1.';

const POD_PARTS = {
  [`${CORE}SecretKeySelector`]: ['key', 'name'],
  [`${CORE}ResourceRequirements`]: ['limits', 'requests'],
  [`${CORE}SecurityContext`]: [
    'allowPrivilegeEscalation',
    'capabilities',
    'readOnlyRootFilesystem',
    'runAsNonRoot',
    'runAsUser',
    'seccompProfile',
  ],
  [`${CORE}Capabilities`]: ['drop'],
  [`${CORE}SeccompProfile`]: ['type'],
  [`${CORE}PodSecurityContext`]: ['fsGroup', 'runAsGroup', 'runAsNonRoot', 'runAsUser', 'seccompProfile', 'sysctls'],
  [`${CORE}Sysctl`]: ['name', 'value'],
};

/** Argo Events: the four kinds of the event path, and in them only the generic source and the custom trigger. */
export const ARGO_EVENTS: Selection = {
  module: 'github.com/argoproj/argo-events',
  version: 'v1.9.11',
  apiVersion: 'argoproj.io/v1alpha1',
  kinds: ['EventBus', 'EventSource', 'Sensor'],
  fields: {
    [`${EVENTS}EventBusSpec`]: ['jetstreamExotic'],
    [`${EVENTS}JetStreamConfig`]: ['accessSecret', 'streamConfig', 'tls', 'url'],
    [`${EVENTS}TLSConfig`]: ['caCertSecret'],
    [`${EVENTS}EventSourceSpec`]: ['eventBusName', 'generic', 'replicas', 'template'],
    [`${EVENTS}GenericEventSource`]: ['config', 'insecure', 'jsonBody', 'url'],
    [`${EVENTS}Template`]: [
      'container',
      'metadata',
      'nodeSelector',
      'priorityClassName',
      'securityContext',
      'serviceAccountName',
      'tolerations',
    ],
    [`${EVENTS}Metadata`]: ['annotations', 'labels'],
    [`${EVENTS}SensorSpec`]: ['dependencies', 'eventBusName', 'replicas', 'template', 'triggers'],
    [`${EVENTS}EventDependency`]: ['eventName', 'eventSourceName', 'name'],
    [`${EVENTS}Trigger`]: ['atLeastOnce', 'dlqTrigger', 'retryStrategy', 'template'],
    [`${EVENTS}Backoff`]: ['duration', 'factor', 'jitter', 'steps'],
    [`${EVENTS}TriggerTemplate`]: ['conditions', 'custom', 'log', 'name'],
    [`${EVENTS}LogTrigger`]: ['intervalSeconds'],
    [`${EVENTS}CustomTrigger`]: ['payload', 'secure', 'serverURL', 'spec'],
    [`${EVENTS}TriggerParameter`]: ['dest', 'src'],
    [`${EVENTS}TriggerParameterSource`]: ['dataKey', 'dependencyName', 'useRawData'],
    [`${EVENTS}Container`]: ['resources', 'securityContext'],
    [`${CORE}Toleration`]: ['effect', 'key', 'operator', 'value'],
    ...POD_PARTS,
  },
};

const CONTAINER = ['args', 'command', 'env', 'image', 'imagePullPolicy', 'resources', 'volumeMounts'];

/** Argo Workflows: the templates we publish, and the defaults every Workflow gets. */
export const ARGO_WORKFLOWS: Selection = {
  module: 'github.com/argoproj/argo-workflows/v3',
  version: 'v3.7.18',
  apiVersion: 'argoproj.io/v1alpha1',
  kinds: ['ClusterWorkflowTemplate', 'Workflow'],
  fields: {
    [`${WORKFLOWS}WorkflowSpec`]: [
      'activeDeadlineSeconds',
      'archiveLogs',
      'arguments',
      'artifactGC',
      'automountServiceAccountToken',
      'entrypoint',
      'podGC',
      'podPriorityClassName',
      'priority',
      'securityContext',
      'serviceAccountName',
      'shutdown',
      'templates',
      'ttlStrategy',
    ],
    [`${WORKFLOWS}Arguments`]: ['artifacts', 'parameters'],
    [`${WORKFLOWS}ArtifactGC`]: ['strategy'],
    [`${WORKFLOWS}WorkflowLevelArtifactGC`]: ['strategy'],
    [`${WORKFLOWS}PodGC`]: ['strategy'],
    [`${WORKFLOWS}TTLStrategy`]: ['secondsAfterCompletion'],
    [`${WORKFLOWS}Template`]: [
      'activeDeadlineSeconds',
      'container',
      'initContainers',
      'inputs',
      'name',
      'outputs',
      'retryStrategy',
      'script',
      'volumes',
    ],
    [`${WORKFLOWS}RetryStrategy`]: ['backoff', 'expression', 'limit', 'retryPolicy'],
    [`${WORKFLOWS}Backoff`]: ['duration', 'factor', 'maxDuration'],
    [`${WORKFLOWS}Inputs`]: ['artifacts', 'parameters'],
    [`${WORKFLOWS}Outputs`]: ['artifacts', 'parameters'],
    [`${WORKFLOWS}Parameter`]: ['default', 'description', 'name', 'value', 'valueFrom'],
    [`${WORKFLOWS}ValueFrom`]: ['path'],
    [`${WORKFLOWS}Artifact`]: ['archive', 'name', 'optional', 'path', 's3'],
    [`${WORKFLOWS}ArchiveStrategy`]: ['none', 'tar'],
    [`${WORKFLOWS}TarStrategy`]: ['compressionLevel'],
    [`${WORKFLOWS}S3Artifact`]: ['key'],
    [`${CORE}Container`]: CONTAINER,
    [`${WORKFLOWS}ScriptTemplate`]: [...CONTAINER, 'source'],
    [`${WORKFLOWS}UserContainer`]: [...CONTAINER, 'name', 'securityContext'],
    [`${CORE}VolumeMount`]: ['mountPath', 'name'],
    [`${CORE}Volume`]: ['emptyDir', 'name'],
    [`${CORE}EmptyDirVolumeSource`]: ['sizeLimit'],
    [`${CORE}EnvVar`]: ['name', 'value'],
    ...POD_PARTS,
  },
};
