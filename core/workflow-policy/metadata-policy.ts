import { DOMAIN } from '../labels';
import { each, type FieldPolicy, limit, map, overwrite, type PolicyTable, strip } from './policy';
import { only, Rules } from './rules';

const OWN = DOMAIN.replaceAll('.', '\\.');

/** Labels a project may set: its own, by prefix; ours are refused, everybody else's are dropped. */
export const tenantLabels: FieldPolicy = limit(
  map('scalar'),
  'labels select what controllers and services act on',
  {
    kind: 'keys',
    keep: `^project\\.${OWN}/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`,
    refuse: `(^|\\.)${OWN}/`,
    means: `labels under project.${DOMAIN}/`,
  },
  {
    kind: 'pattern',
    pattern: '^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$',
    means: 'at most 63 characters A-Z, a-z, 0-9, ., _ and -',
  },
);

/** Annotations a project may set: the two that the Argo UI shows. */
export const tenantAnnotations: FieldPolicy = limit(
  map('scalar'),
  'annotations steer the workflow-controller and other controllers',
  {
    kind: 'keys',
    keep: '^workflows\\.argoproj\\.io/(title|description)$',
    refuse: `(^|\\.)${OWN}/`,
    means: 'workflows.argoproj.io/title and workflows.argoproj.io/description',
  },
  { kind: 'max-bytes', max: 500 },
  { kind: 'no-template' },
);

export const METADATA_POLICY: PolicyTable = {
  Workflow: {
    schema: 'Workflow',
    required: ['apiVersion', 'kind', 'spec'],
    fields: {
      apiVersion: limit('string', 'a definition is one Argo Workflow', only('argoproj.io/v1alpha1')),
      kind: limit('string', 'a definition is one Argo Workflow', only('Workflow')),
      metadata: { decision: 'allow', shape: { object: 'WorkflowMetadata' } },
      spec: { decision: 'allow', shape: { object: 'WorkflowSpec' } },
      status: strip('status is written by the workflow-controller'),
    },
  },
  WorkflowMetadata: {
    schema: 'ObjectMeta',
    fields: {
      ...each(['name', 'generateName', 'namespace'], overwrite('every run has a name and a namespace of its own')),
      labels: tenantLabels,
      annotations: tenantAnnotations,
      ...each(
        [
          'creationTimestamp',
          'deletionGracePeriodSeconds',
          'deletionTimestamp',
          'finalizers',
          'generation',
          'managedFields',
          'ownerReferences',
          'resourceVersion',
          'selfLink',
          'uid',
        ],
        strip('belongs to an object that exists, not to a definition'),
      ),
    },
  },
  /** Metadata of pods: of `podMetadata` and of a template. */
  PodMetadata: {
    schema: 'Metadata',
    fields: { labels: tenantLabels, annotations: tenantAnnotations },
  },
  /** Metadata of a volume claim that a run makes for itself. */
  ClaimMetadata: {
    schema: 'ObjectMeta',
    required: ['name'],
    fields: {
      name: limit('string', 'the name is part of the volume claim’s own', Rules.dnsLabel),
      ...each(
        [
          'annotations',
          'creationTimestamp',
          'deletionGracePeriodSeconds',
          'deletionTimestamp',
          'finalizers',
          'generateName',
          'generation',
          'labels',
          'managedFields',
          'namespace',
          'ownerReferences',
          'resourceVersion',
          'selfLink',
          'uid',
        ],
        strip('a volume claim of a run has a name and nothing else'),
      ),
    },
  },
};
