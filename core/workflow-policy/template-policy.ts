import { Limit } from './limits';
import { tenantAnnotations } from './metadata-policy';
import { allow, deny, denySince4, limit, list, object, type PolicyTable, reserve } from './policy';
import { atMost, between, Rules } from './rules';
import { HOOKS, PLACEMENT, RETRY, SECURITY_CONTEXT, SYNCHRONIZATION } from './spec-policy';

const TEMPLATE_NAME = limit('string', 'it calls a template of the definition', { kind: 'template-name' });
const TEMPLATE_REF = limit(object('TemplateRef'), 'only templates that RelEng keeps may be called from elsewhere', {
  kind: 'curated-template',
});
const WHEN = limit('string', 'the workflow-controller evaluates it', Rules.condition);

/** What a step and a task have alike. */
const CALL = {
  arguments: allow(object('Arguments')),
  continueOn: allow(object('ContinueOn')),
  hooks: HOOKS,
  inline: deny('give the template a name under spec.templates, where every rule reads it'),
  name: limit('string', 'names a step in pages and conditions', Rules.argoName),
  onExit: TEMPLATE_NAME,
  template: TEMPLATE_NAME,
  templateRef: TEMPLATE_REF,
  when: WHEN,
  withItems: limit(list('json'), 'a loop is bounded', atMost(Limit.loopItems)),
  withParam: limit('string', 'a loop runs over a list that a step of this run wrote', {
    kind: 'pattern',
    pattern: '^\\{\\{\\s*(steps|tasks|inputs|workflow)\\.[A-Za-z0-9_.-]+\\s*\\}\\}$',
    means: 'one reference such as {{tasks.list.outputs.result}}',
  }),
  withSequence: allow(object('Sequence')),
} as const;

export const TEMPLATE_POLICY: PolicyTable = {
  Template: {
    schema: 'Template',
    required: ['name'],
    fields: {
      ...PLACEMENT,
      activeDeadlineSeconds: limit('integer', 'the pipeline has a ceiling; the smaller one holds', Rules.seconds),
      annotations: tenantAnnotations,
      archiveLocation: deny('logs and artifacts go to the project’s own place in the store'),
      container: allow(object('Container')),
      containerSet: allow(object('ContainerSet')),
      daemon: deny('a service for a step is a sidecar of it'),
      dag: allow(object('Dag')),
      data: deny('it lists the bucket with the store’s credentials'),
      failFast: allow('boolean'),
      http: deny('it is called by an agent pod outside the step; use a container'),
      initContainers: limit(list(object('UserContainer')), 'containers of a pod', atMost(Limit.sidecars)),
      inputs: allow(object('Inputs')),
      memoize: deny('a run of unreviewed code could fill the cache that a later run trusts'),
      metadata: limit(object('PodMetadata'), 'labels and annotations of pods steer the cluster'),
      name: limit('string', 'names a template', Rules.argoName),
      outputs: allow(object('Outputs')),
      parallelism: limit('integer', 'pods of a run at once', between(1, Limit.parallelism)),
      pendingTimeout: denySince4('waiting is bounded by the pipeline'),
      plugin: deny('executor plug-ins are off'),
      priorityClassName: reserve('priority follows from the pipeline’s trust class'),
      resource: deny('it changes the cluster with the runner account’s rights'),
      retryStrategy: RETRY,
      script: allow(object('Script')),
      securityContext: SECURITY_CONTEXT,
      sidecars: limit(list(object('UserContainer')), 'containers of a pod', atMost(Limit.sidecars)),
      steps: limit(list(list(object('Step'))), 'steps of a template', atMost(Limit.tasks)),
      suspend: deny('a suspended run waits for ever'),
      synchronization: SYNCHRONIZATION,
      timeout: limit('string', 'it ends before the pipeline’s ceiling', Rules.duration),
      volumes: limit(list(object('Volume')), 'volumes of a pod', atMost(Limit.volumes)),
    },
  },
  Step: { schema: 'WorkflowStep', required: ['name'], fields: CALL },
  Dag: {
    schema: 'DAGTemplate',
    required: ['tasks'],
    fields: {
      failFast: allow('boolean'),
      target: limit('string', 'names tasks of the graph', Rules.condition),
      tasks: limit(list(object('Task')), 'tasks of a template', atMost(Limit.tasks)),
    },
  },
  Task: {
    schema: 'DAGTask',
    required: ['name'],
    fields: {
      ...CALL,
      dependencies: limit(list('string'), 'names tasks of the graph', atMost(Limit.tasks)),
      depends: limit('string', 'names tasks of the graph', Rules.condition),
    },
  },
  TemplateRef: {
    schema: 'TemplateRef',
    required: ['name', 'template', 'clusterScope'],
    fields: { clusterScope: allow('boolean'), name: allow('string'), template: allow('string') },
  },
  LifecycleHook: {
    schema: 'LifecycleHook',
    fields: {
      arguments: allow(object('Arguments')),
      expression: limit('string', 'the workflow-controller evaluates it', Rules.expression),
      template: TEMPLATE_NAME,
      templateRef: TEMPLATE_REF,
    },
  },
  ContinueOn: { schema: 'ContinueOn', fields: { error: allow('boolean'), failed: allow('boolean') } },
  Sequence: {
    schema: 'Sequence',
    fields: {
      count: limit('integer', 'a loop is bounded', between(0, Limit.loopItems)),
      start: limit('integer', 'a loop is bounded', between(0, Limit.loopItems)),
      end: limit('integer', 'a loop is bounded', between(0, Limit.loopItems)),
      format: limit('string', 'a format of one number', {
        kind: 'pattern',
        pattern: '^[A-Za-z0-9._/-]{0,40}%[0-9]{0,2}[dxX][A-Za-z0-9._/-]{0,40}$',
        means: 'text with one %d, %x or %X in it, such as host-%02d',
      }),
    },
  },
};
