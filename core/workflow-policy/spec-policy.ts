import { PriorityClass } from '../access';
import { RUNNER_SERVICE_ACCOUNTS } from '../project';
import { Limit } from './limits';
import {
  allow,
  byTrigger,
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
  reserve,
} from './policy';
import { atMost, between, only, Rules } from './rules';

const PLACED = reserve('which nodes a run uses follows from its pipeline’s trust class');

/** Fields that a Workflow and each of its templates have alike. */
export const PLACEMENT: Readonly<Record<string, FieldPolicy>> = {
  serviceAccountName: byTrigger(
    reserve('a run acts as the runner account of its pipeline’s trust class', RUNNER_SERVICE_ACCOUNTS['pre-review']),
    'string',
    only(...Object.values(RUNNER_SERVICE_ACCOUNTS)),
  ),
  automountServiceAccountToken: reserve('Argo’s executor needs exactly the runner account’s token', true),
  executor: deny('its steps would report with another account’s token'),
  hostAliases: deny('it redirects names inside the pod'),
  podSpecPatch: deny('it rewrites the pod past every other rule'),
  metrics: deny('metrics are global to the workflow-controller'),
  resourceClaims: denySince4('devices are handed out by administrators'),
  podResources: denySince4('set resources on the container'),
  ...each(['nodeSelector', 'schedulerName'], PLACED),
  affinity: byTrigger(PLACED, 'json'),
  tolerations: byTrigger(PLACED, 'json'),
};

const SECURITY_CONTEXT = limit(object('PodSecurityContext'), 'pods run under Pod Security “restricted”');
const SYNCHRONIZATION = limit(object('Synchronization'), 'locks hold within the project only');
export const RETRY = limit(object('RetryStrategy'), 'a retry costs as much as the first try');
export const HOOKS = limit(map(object('LifecycleHook')), 'hooks run templates of the definition', atMost(10), {
  kind: 'keys',
  keep: '^[A-Za-z][A-Za-z0-9_-]{0,62}$',
  means: 'hook names of 1 to 63 characters A-Z, a-z, 0-9, _ and -',
});
export { SECURITY_CONTEXT, SYNCHRONIZATION };

export const SPEC_POLICY: PolicyTable = {
  WorkflowSpec: {
    schema: 'WorkflowSpec',
    required: ['entrypoint', 'templates'],
    fields: {
      ...PLACEMENT,
      activeDeadlineSeconds: limit('integer', 'the pipeline has a ceiling; the smaller one holds', Rules.seconds),
      archiveLogs: overwrite('logs are always archived', true),
      arguments: allow(object('WorkflowArguments')),
      artifactGC: reserve('artifacts are kept for the bucket’s retention', { strategy: 'Never' }),
      artifactRepositoryRef: reserve('artifacts go to the project’s own place in the store'),
      dnsConfig: deny('names are resolved by the cluster'),
      dnsPolicy: deny('names are resolved by the cluster'),
      entrypoint: limit('string', 'a run begins somewhere', { kind: 'template-name' }),
      executorPlugins: denySince4('a plug-in is a container with a token in every pod'),
      hooks: HOOKS,
      hostNetwork: deny('it would put the step on the node’s own network'),
      imagePullSecrets: reserve('pull secrets are the administrators’'),
      onExit: limit('string', 'an exit handler is a template of the definition', { kind: 'template-name' }),
      parallelism: limit('integer', 'pods of a run at once', between(1, Limit.parallelism)),
      podDisruptionBudget: deny('it keeps nodes from being drained'),
      podGC: overwrite('pods are kept until the run’s TTL, for their logs'),
      podMetadata: limit(object('PodMetadata'), 'labels and annotations of pods steer the cluster'),
      podPriorityClassName: byTrigger(
        reserve('priority follows from the pipeline’s trust class', PriorityClass['pre-review']),
        'string',
        only(PriorityClass['pre-review'], PriorityClass['post-review']),
      ),
      priority: byTrigger(overwrite('priority is the pipeline’s'), 'integer', between(0, 1_000)),
      retryStrategy: RETRY,
      securityContext: SECURITY_CONTEXT,
      shutdown: deny('a run that is created stopped never ends'),
      suspend: deny('a suspended run waits for ever'),
      synchronization: SYNCHRONIZATION,
      templateDefaults: deny('write it into each template, where it can be read'),
      templates: limit(list(object('Template')), 'a run stays small enough to be stored', atMost(Limit.templates)),
      ttlStrategy: overwrite('a run is kept until its report stands and its TTL is over', {
        secondsAfterCompletion: Limit.keptSeconds,
      }),
      volumeClaimGC: overwrite('volume claims go when the run completes', { strategy: 'OnWorkflowCompletion' }),
      volumeClaimTemplates: limit(
        list(object('VolumeClaim')),
        'claims take disk from the whole project',
        atMost(Limit.volumeClaims),
      ),
      volumes: limit(list(object('Volume')), 'volumes of a pod', atMost(Limit.volumes)),
      workflowMetadata: deny('it writes labels after admission'),
      workflowTemplateRef: deny('a definition says itself what runs; call curated templates by templateRef'),
    },
  },
  RetryStrategy: {
    schema: 'RetryStrategy',
    fields: {
      affinity: deny('which nodes a run uses follows from its pipeline’s trust class'),
      backoff: allow(object('Backoff')),
      expression: byTrigger(
        limit('string', 'the workflow-controller evaluates it', { kind: 'max-bytes', max: Limit.retryExpressionBytes }),
        'string',
        { kind: 'max-bytes', max: Limit.renderedRetryExpressionBytes },
      ),
      limit: byTrigger(
        limit('integer', 'a retry costs as much as the first try', between(0, Limit.retries)),
        'integer',
        between(0, Limit.retries + Limit.infrastructureRetries),
      ),
      retryPolicy: limit('string', 'as Argo knows it', only('Always', 'OnFailure', 'OnError', 'OnTransientError')),
    },
  },
  Backoff: {
    schema: 'Backoff',
    fields: {
      cap: limit('scalar', 'a wait is part of the run', Rules.duration),
      duration: limit('scalar', 'a wait is part of the run', Rules.duration),
      factor: limit('integer', 'a wait is part of the run', between(1, 10)),
      maxDuration: limit('scalar', 'a wait is part of the run', Rules.duration),
    },
  },
  Synchronization: {
    schema: 'Synchronization',
    fields: {
      mutex: allow(object('Mutex')),
      mutexes: limit(list(object('Mutex')), 'locks a run waits for', atMost(10)),
      semaphore: deny('a semaphore’s size is in a ConfigMap, and a project declares none'),
      semaphores: deny('a semaphore’s size is in a ConfigMap, and a project declares none'),
    },
  },
  Mutex: {
    schema: 'Mutex',
    required: ['name'],
    fields: {
      database: deny('locks hold within the project only'),
      name: limit('string', 'the name of a lock', Rules.argoName),
      namespace: deny('locks hold within the project only'),
    },
  },
  PodSecurityContext: {
    schema: 'PodSecurityContext',
    fields: {
      fsGroup: limit('integer', 'no pod gets the group root', Rules.nonRoot),
      runAsGroup: limit('integer', 'no pod runs as the group root', Rules.nonRoot),
      runAsNonRoot: limit('boolean', 'no pod runs as root', only(true)),
      runAsUser: limit('integer', 'no pod runs as root', Rules.nonRoot),
      seccompProfile: allow(object('SeccompProfile')),
      ...each(
        [
          'appArmorProfile',
          'fsGroupChangePolicy',
          'seLinuxChangePolicy',
          'seLinuxOptions',
          'supplementalGroups',
          'supplementalGroupsPolicy',
          'sysctls',
          'windowsOptions',
        ],
        deny('the node’s defaults hold for every pod'),
      ),
    },
  },
  SeccompProfile: {
    schema: 'SeccompProfile',
    fields: {
      localhostProfile: deny('the runtime’s own profile holds for every pod'),
      type: limit('string', 'the runtime’s own profile holds for every pod', only('RuntimeDefault')),
    },
  },
};
