import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Label } from '../core/labels';
import { MOST_PEOPLE, PROJECT_API } from '../core/project';
import { commonLabels } from './metadata';

const NAME = `${PROJECT_API.plural}.${PROJECT_API.group}`;

/** The CustomResourceDefinition `Project`: one Gerrit project that may run Workflows. */
export class ProjectCrdChart extends Chart {
  constructor(scope: App, id: string) {
    super(scope, id);

    new k8s.KubeCustomResourceDefinition(this, 'Project', {
      metadata: { name: NAME, labels: commonLabels(NAME) },
      spec: {
        group: PROJECT_API.group,
        scope: 'Cluster',
        names: {
          kind: PROJECT_API.kind,
          listKind: `${PROJECT_API.kind}List`,
          plural: PROJECT_API.plural,
          singular: 'project',
          shortNames: ['proj'],
          categories: ['seakeeper'],
        },
        versions: [
          {
            name: PROJECT_API.version,
            served: true,
            storage: true,
            subresources: { status: {} },
            additionalPrinterColumns: [
              { name: 'Gerrit', type: 'string', jsonPath: '.spec.gerritName' },
              { name: 'Namespace', type: 'string', jsonPath: '.status.namespace' },
              { name: 'Class', type: 'string', jsonPath: '.spec.class' },
              { name: 'Ready', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].status" },
              { name: 'Last run', type: 'string', jsonPath: '.status.lastRun.phase' },
              { name: 'Quota', type: 'string', jsonPath: '.status.quotaUse' },
              { name: 'Visibility', type: 'string', jsonPath: '.spec.visibility', priority: 1 },
              {
                name: 'Origin',
                type: 'string',
                jsonPath: `.metadata.labels.${Label.origin.replaceAll('.', '\\.')}`,
                priority: 1,
              },
              { name: 'Why', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].message", priority: 1 },
              { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
            ],
            schema: {
              openApiv3Schema: {
                type: 'object',
                required: ['spec'],
                properties: { spec: SPEC, status: STATUS },
              },
            },
          },
        ],
      },
    });
  }
}

const PEOPLE: k8s.JsonSchemaProps = {
  type: 'array',
  maxItems: MOST_PEOPLE,
  items: { type: 'string', minLength: 1, maxLength: 253 },
  xKubernetesListType: 'set',
};
/** What a name must not be: a group of Kubernetes' own, or everybody. */
const NOBODY_SPECIAL: k8s.ValidationRule = {
  rule: "self.all(name, !name.startsWith('system:'))",
  message: "names of Kubernetes' own users and groups (system:…) own no project; name people",
};

const SPEC: k8s.JsonSchemaProps = {
  type: 'object',
  required: ['gerritName'],
  properties: {
    gerritName: {
      type: 'string',
      minLength: 1,
      maxLength: 500,
      description: 'The project, exactly as Gerrit spells it.',
      xKubernetesValidations: [
        { rule: 'self == oldSelf', message: 'gerritName names the namespace and cannot change; make another Project' },
        {
          rule: "!self.startsWith('/') && !self.endsWith('/') && !self.endsWith('.git') && !self.matches('(^|/)\\\\.\\\\.?(/|$)|[\\\\x00-\\\\x1f\\\\x7f]')",
          message:
            'gerritName must be as Gerrit lists it: no / at its ends, no .git, no . or .. between slashes, no control characters',
        },
      ],
    },
    class: {
      type: 'string',
      default: 'default',
      pattern: '^[a-z][a-z0-9-]{0,62}$',
      description: 'Class whose quota and limits the project has.',
    },
    visibility: {
      type: 'string',
      enum: ['public', 'private'],
      default: 'public',
      description: 'Whether the web shows its runs to everybody.',
    },
    owners: {
      ...PEOPLE,
      description: 'Users who may submit, stop and resubmit Workflows.',
      xKubernetesValidations: [NOBODY_SPECIAL],
    },
    contributors: { ...PEOPLE, description: 'Users who may look.', xKubernetesValidations: [NOBODY_SPECIAL] },
  },
};

const ORDINARY_PEOPLE: k8s.JsonSchemaProps = { ...PEOPLE, xKubernetesValidations: [NOBODY_SPECIAL] };
const TIME: k8s.JsonSchemaProps = { type: 'string', format: 'date-time' };
const TEXT: k8s.JsonSchemaProps = { type: 'string' };

const STATUS: k8s.JsonSchemaProps = {
  type: 'object',
  properties: {
    namespace: { ...TEXT, description: 'Where its Workflows run.' },
    observedGeneration: { type: 'integer', format: 'int64', description: 'Generation of the spec that was acted on.' },
    members: {
      type: 'object',
      description: 'Owners and contributors as Gerrit names them.',
      properties: {
        owners: ORDINARY_PEOPLE,
        contributors: ORDINARY_PEOPLE,
        ownerGroups: ORDINARY_PEOPLE,
        contributorGroups: ORDINARY_PEOPLE,
        refreshedAt: TIME,
        notBound: { type: 'array', items: TEXT, description: 'Groups that are not bound, each with why.' },
        problem: {
          type: 'object',
          description: 'Why they may not be whom Gerrit names now.',
          required: ['reason', 'message', 'since'],
          properties: { reason: TEXT, message: TEXT, since: TIME },
        },
      },
    },
    selfServe: {
      type: 'object',
      description: 'Definitions found in refs/meta/config.',
      properties: {
        pipelines: { type: 'array', items: TEXT, xKubernetesListType: 'set' },
        commit: { ...TEXT, description: 'Commit they were read at.' },
      },
    },
    lastRun: {
      type: 'object',
      description: 'Last run that was reported.',
      properties: { name: TEXT, phase: TEXT, finishedAt: TIME },
    },
    quotaUse: { ...TEXT, description: 'What of the quota is in use.' },
    conditions: {
      type: 'array',
      xKubernetesListType: 'map',
      xKubernetesListMapKeys: ['type'],
      items: {
        type: 'object',
        required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
        properties: {
          type: { type: 'string', maxLength: 63 },
          status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
          reason: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9]*$', maxLength: 100 },
          message: { type: 'string', maxLength: 4000 },
          lastTransitionTime: TIME,
          observedGeneration: { type: 'integer', format: 'int64' },
        },
      },
    },
  },
};
