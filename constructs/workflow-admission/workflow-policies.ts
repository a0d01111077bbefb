import type { Construct } from 'constructs';
import { PriorityClass, ServiceAccounts } from '../../core/access';
import { DOMAIN, Label } from '../../core/labels';
import { POOL_LABEL, POOL_TAINT, RunPool } from '../../core/pool';
import { RUNNER_SERVICE_ACCOUNTS } from '../../core/project';
import { Limit } from '../../core/workflow-policy/limits';
import { tenantAnnotations, tenantLabels } from '../../core/workflow-policy/metadata-policy';
import type { FieldPolicy } from '../../core/workflow-policy/policy';
import { REFERENCE_PATTERN } from '../../core/workflow-policy/rules';
import { CURATED_TEMPLATES, WORKFLOW_POLICY } from '../../core/workflow-policy/table';
import { AdmissionPolicy, type Validation } from '../admission-policy';
import { celList, celLiteral } from './cel-literal';
import { nothingIn } from './cel-rules';
import { compileFields } from './compile-fields';
import {
  ARGO,
  isBy,
  metadataMap,
  NOT_BY_ADMINISTRATORS,
  NOT_BY_KUBERNETES,
  NOT_BY_OUR_WRITERS,
  notBy,
  OUR_WRITERS,
  PROJECT_NAMESPACES,
} from './who';

const WORKFLOWS = [{ apiGroups: [ARGO], resources: ['workflows'] }];

/** Labels and annotations that `argo submit` and `argo resubmit` write, and the controller, which resubmit copies. */
const ARGO_OWN_LABELS =
  '^workflows\\.argoproj\\.io/(creator|creator-email|creator-preferred-username|actor|actor-email|actor-preferred-username|action|resubmitted-from-workflow)$';
const ARGO_OWN_ANNOTATIONS = '^workflows\\.argoproj\\.io/pod-name-format$';

/** What the name of a run ends in, and so no other's may: see `core/workflow-name.ts`. */
const RUN_HASH = '(^|-)[a-z2-7]{12}(-|$)';

/** Keys of ours in a map of labels or annotations, in CEL. */
const ours = (map: string) => `${map}.filter(key, key.startsWith('${DOMAIN}/'))`;

/**
 * What people are told who would change, retry or copy a run of a change. Of several policies that refuse a request the API
 * server lets one speak, and which is chance: each that refuses these says it, and of its own words first.
 */
const RECHECK = "to run a change again comment 'recheck' on the change";
const reserved = (field: string) => `${field} of ${DOMAIN} are set by Seakeeper only; leave them out, and ${RECHECK}`;

/** Keys of curated templates among those that a Workflow's status has stored. */
const storedNames = Object.entries(CURATED_TEMPLATES).flatMap(([name, templates]) =>
  templates.map((template) => `cluster/${name}/${template}`),
);

/** What a Workflow may say when it is made, by the table; by whom it is made decides what of it is ours to set. */
export function workflowFields(scope: Construct): void {
  const { variables, validations } = compileFields({
    table: WORKFLOW_POLICY,
    root: { type: 'WorkflowSpec', expression: 'variables.small ? [object.spec] : []' },
    others: [
      { type: 'Template', expression: 'variables.small ? variables.stored.map(key, variables.stored[key]) : []' },
    ],
    byTrigger: isBy(ServiceAccounts.trigger),
  });
  new AdmissionPolicy(scope, 'WorkflowFields', {
    name: 'seakeeper-workflow-fields',
    operations: ['CREATE'],
    resources: WORKFLOWS,
    namespaceLabels: PROJECT_NAMESPACES,
    when: NOT_BY_ADMINISTRATORS,
    variables: {
      // `argo submit` looks templates up that a definition calls, and sends along what it found; Argo then runs these.
      stored: 'has(object.status) && has(object.status.storedTemplates) ? object.status.storedTemplates : {}',
      text: "'%s'.format([[object.spec, variables.stored]])",
      // What is too large is refused for that alone: looking through it would cost the API server seconds.
      small: `size(variables.text) <= ${Limit.renderedBytes}`,
      ...variables,
    },
    validations: [
      // First: of one policy the first words are told, and what of a copy is not allowed helps nobody.
      {
        expression: `(${isBy(...OUR_WRITERS)}) || size(${ours(`(${metadataMap('object', 'labels')})`)}) == 0`,
        message: reserved('labels'),
      },
      {
        expression: `!has(object.status) || object.status.all(field, object.status[field] == null || (${nothingIn('object.status[field]')}) || (field == 'storedTemplates' && variables.stored.all(key, key in ${celList(storedNames)})))`,
        message: "the status of a Workflow is Argo's to write; leave it out",
      },
      {
        expression: 'variables.small',
        message: `the Workflow is larger than ${Limit.renderedBytes} characters; keep long texts in the repository`,
      },
      ...validations,
      {
        // The text is that of every string of the spec, wherever the table has it.
        expression: `!variables.small || size(variables.text.split('{{')) - 1 == size(variables.text.findAll(${celLiteral(REFERENCE_PATTERN)}))`,
        message:
          'a {{ is followed by something else than a plain reference such as {{inputs.parameters.name}}; compute it in a step',
      },
      ...placement(),
    ],
  });
}

/** What the trigger writes fits together: account, priority and nodes are those of one trust class. */
function placement(): Validation[] {
  const reviewed = `has(object.spec.serviceAccountName) && object.spec.serviceAccountName == ${celLiteral(RUNNER_SERVICE_ACCOUNTS['post-review'])}`;
  const highest = `has(object.spec.podPriorityClassName) && object.spec.podPriorityClassName == ${celLiteral(PriorityClass['post-review'])}`;
  const pools = celList(RunPool.options);
  const node = 'object.spec.affinity.nodeAffinity';
  const required = `${node}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  return [
    {
      expression: `(${highest}) == (${reviewed})`,
      message: `priority ${PriorityClass['post-review']} goes with account ${RUNNER_SERVICE_ACCOUNTS['post-review']}; leave both out`,
    },
    {
      expression: `!has(object.spec.tolerations) || object.spec.tolerations.all(item, item.key == '${POOL_TAINT}' && item.operator == 'Equal' && item.value in ${pools} && (item.value != 'gate' || (${reviewed})))`,
      message: 'a run tolerates the taint of its pool only, and that of gate for reviewed code only',
    },
    {
      expression: `!has(object.spec.affinity) || (object.spec.affinity.all(field, field == 'nodeAffinity') && ${required}.all(term, term.all(field, field == 'matchExpressions') && term.matchExpressions.all(item, item.key == '${POOL_LABEL}' && item.operator == 'In' && item.values.all(value, value in ${pools}))))`,
      message: 'a run goes to nodes of its pool only',
    },
  ];
}

const keptKeys = ({ rules = [] }: FieldPolicy): string =>
  rules.flatMap((rule) => (rule.kind === 'keys' ? [rule.keep] : [])).join('|');

/** Name, labels, annotations and ties of a Workflow: ours are set by our services, and a few are Argo's or a project's. */
export function workflowMetadata(scope: Construct): void {
  const fields = [
    {
      field: 'labels',
      pattern: `${keptKeys(tenantLabels)}|${ARGO_OWN_LABELS}`,
      means: `labels under project.${DOMAIN}/`,
    },
    {
      field: 'annotations',
      pattern: `${keptKeys(tenantAnnotations)}|${ARGO_OWN_ANNOTATIONS}`,
      means: 'workflows.argoproj.io/title and workflows.argoproj.io/description',
    },
  ] as const;
  const isSame = (field: string) =>
    `(key in variables.${field}Before && variables.${field}[key] == variables.${field}Before[key])`;
  const kept = (field: string) =>
    `(oldObject == null ? !has(object.metadata.${field}) || size(object.metadata.${field}) == 0 : (has(object.metadata.${field}) ? object.metadata.${field} : []) == (has(oldObject.metadata.${field}) ? oldObject.metadata.${field} : []))`;
  new AdmissionPolicy(scope, 'ReservedMetadata', {
    name: 'seakeeper-reserved-metadata',
    operations: ['CREATE', 'UPDATE'],
    resources: WORKFLOWS,
    namespaceLabels: PROJECT_NAMESPACES,
    when: { ...NOT_BY_OUR_WRITERS, ...NOT_BY_ADMINISTRATORS, ...NOT_BY_KUBERNETES },
    variables: Object.fromEntries(
      fields.flatMap(({ field }) => [
        [field, metadataMap('object', field)],
        [`${field}Before`, `oldObject == null ? {} : (${metadataMap('oldObject', field)})`],
      ]),
    ),
    validations: [
      ...fields.map(({ field }) => ({
        expression: [
          `${ours(`variables.${field}`)}.all(key, ${isSame(field)})`,
          `${ours(`variables.${field}Before`)}.all(key, key in variables.${field})`,
        ].join(' && '),
        message: reserved(field),
      })),
      ...fields.map(({ field, pattern, means }) => ({
        expression: [
          `variables.${field}.all(key, ${isSame(field)} || key.matches(${celLiteral(pattern)}))`,
          `variables.${field}Before.all(key, key in variables.${field} || key.matches(${celLiteral(pattern)}))`,
        ].join(' && '),
        message: `${field} of others steer Argo and other controllers; allowed are ${means}; leave the others as they are, and ${RECHECK}`,
      })),
      {
        expression: `${kept('finalizers')} && ${kept('ownerReferences')}`,
        message:
          'finalizers and owner references keep a Workflow from being deleted or have it deleted; leave them as they are',
      },
      {
        expression: `oldObject != null || !object.metadata.name.matches(${celLiteral(RUN_HASH)})`,
        message:
          'a part of 12 letters a-z or digits 2-7 in a name is the hash of a run of a change; give the Workflow another name',
      },
    ],
  });
}

/** What may become of a Workflow that is there. */
export function protectedRuns(scope: Construct): void {
  const may = 'variables.changeable';
  const same = (a: string, b: string) => `${a}.all(key, key in ${may} || (key in ${b} && ${a}[key] == ${b}[key]))`;
  new AdmissionPolicy(scope, 'ProtectedRuns', {
    name: 'seakeeper-protected-runs',
    operations: ['UPDATE'],
    resources: WORKFLOWS,
    namespaceLabels: PROJECT_NAMESPACES,
    when: { ...notBy('the-controller', ServiceAccounts.workflowController), ...NOT_BY_ADMINISTRATORS },
    variables: {
      changeable: `${isBy(ServiceAccounts.reporter)} ? ['shutdown', 'ttlStrategy'] : ['shutdown']`,
    },
    validations: [
      {
        expression:
          'has(object.status) == has(oldObject.status) && (!has(object.status) || object.status == oldObject.status)',
        message: `the status of a Workflow is Argo's to write, and retry would change it; ${RECHECK}; resubmit what was submitted by hand`,
      },
      {
        expression: `${same('object.spec', 'oldObject.spec')} && ${same('oldObject.spec', 'object.spec')} && (!has(object.spec.shutdown) || object.spec.shutdown in ['', 'Stop', 'Terminate']) && (!has(oldObject.spec.shutdown) || oldObject.spec.shutdown == '' || has(object.spec.shutdown))`,
        message: `a Workflow that is there may be stopped or terminated, and nothing else of its spec changed; ${RECHECK}`,
      },
    ],
  });
}

/** Where Argo's kinds may be at all. */
export function argoKinds(scope: Construct): void {
  const events = ['eventsources', 'sensors', 'eventbus'];
  const starters = ['workflowtemplates', 'cronworkflows', 'workfloweventbindings'];
  const kind = 'request.resource.resource';
  new AdmissionPolicy(scope, 'ArgoKinds', {
    name: 'seakeeper-argo-kinds',
    operations: ['CREATE', 'UPDATE'],
    resources: [{ apiGroups: [ARGO], resources: ['workflows', ...starters, ...events] }],
    when: { ...NOT_BY_ADMINISTRATORS, ...NOT_BY_KUBERNETES },
    validations: [
      {
        expression: `!(${kind} in ${celList(events)}) || request.namespace == '${ServiceAccounts.sensor.namespace}'`,
        message: `event sources, sensors and buses are in ${ServiceAccounts.sensor.namespace} only; what starts runs is a pipeline in stack config`,
      },
      {
        expression: `!(${kind} in ${celList(starters)})`,
        message:
          'runs are started by pipelines: call curated templates by templateRef, and give a pipeline a timer in stack config',
      },
      {
        expression: `${kind} != 'workflows' || (has(namespaceObject.metadata.labels) && '${Label.purpose}' in namespaceObject.metadata.labels && namespaceObject.metadata.labels['${Label.purpose}'] == 'project')`,
        message: 'Workflows are in namespaces of projects only',
      },
    ],
  });
}
