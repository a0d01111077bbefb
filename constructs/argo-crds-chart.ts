import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { commonLabels } from './metadata';

interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly description?: string;
  readonly format?: string;
}

interface ArgoCrd {
  readonly kind: string;
  /** @default - the kind in lower case with an s */
  readonly plural?: string;
  readonly shortNames?: readonly string[];
  /** @default 'Namespaced' */
  readonly scope?: 'Cluster' | 'Namespaced';
  /** Top-level fields kept as they are, beside apiVersion, kind and metadata. */
  readonly fields: readonly string[];
  /** @default - spec */
  readonly required?: readonly string[];
  /** Upstream replaces these as a whole in a patch. @default false */
  readonly atomic?: boolean;
  readonly columns?: readonly PrinterColumn[];
  /** @default - none: whoever may update the object may write its status */
  readonly subresources?: 'status';
}

/**
 * The eleven kinds of Argo. Their schemas keep every field: a full one would prune an unknown field before admission
 * can refuse it, and upstream's Events kinds have none either.
 */
export const ARGO_CRDS: readonly ArgoCrd[] = [
  {
    kind: 'Workflow',
    shortNames: ['wf'],
    fields: ['spec', 'status'],
    atomic: true,
    columns: [
      { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Status of the workflow' },
      {
        name: 'Age',
        type: 'date',
        jsonPath: '.status.startedAt',
        format: 'date-time',
        description: 'When the workflow was started',
      },
      {
        name: 'Message',
        type: 'string',
        jsonPath: '.status.message',
        description: 'Human readable message indicating details about why the workflow is in this condition.',
      },
    ],
  },
  { kind: 'WorkflowTemplate', shortNames: ['wftmpl'], fields: ['spec'], atomic: true },
  {
    kind: 'ClusterWorkflowTemplate',
    shortNames: ['clusterwftmpl', 'cwft'],
    scope: 'Cluster',
    fields: ['spec'],
    atomic: true,
  },
  { kind: 'CronWorkflow', shortNames: ['cwf', 'cronwf'], fields: ['spec', 'status'], atomic: true },
  { kind: 'WorkflowEventBinding', shortNames: ['wfeb'], fields: ['spec'] },
  { kind: 'WorkflowTaskSet', shortNames: ['wfts'], fields: ['spec', 'status'], atomic: true, subresources: 'status' },
  {
    kind: 'WorkflowTaskResult',
    fields: ['message', 'outputs', 'phase', 'progress'],
    required: [],
  },
  { kind: 'WorkflowArtifactGCTask', shortNames: ['wfat'], fields: ['spec', 'status'], subresources: 'status' },
  { kind: 'EventBus', plural: 'eventbus', shortNames: ['eb'], fields: ['spec', 'status'], subresources: 'status' },
  { kind: 'EventSource', shortNames: ['es'], fields: ['spec', 'status'], subresources: 'status' },
  { kind: 'Sensor', shortNames: ['sn'], fields: ['spec', 'status'], subresources: 'status' },
];

const GROUP = 'argoproj.io';
/** Fields that are no objects; all others are. */
const SCALARS = new Set(['message', 'phase', 'progress']);

/** Argo's CustomResourceDefinitions, as the design wants them: names, scope, columns, and every field kept. */
export class ArgoCrdsChart extends Chart {
  constructor(scope: App, id: string) {
    super(scope, id);
    for (const crd of ARGO_CRDS) {
      defineCrd(this, crd);
    }
  }
}

function defineCrd(chart: Chart, crd: ArgoCrd): void {
  const singular = crd.kind.toLowerCase();
  const plural = crd.plural ?? `${singular}s`;
  const name = `${plural}.${GROUP}`;
  new k8s.KubeCustomResourceDefinition(chart, crd.kind, {
    metadata: { name, labels: commonLabels(name) },
    spec: {
      group: GROUP,
      scope: crd.scope ?? 'Namespaced',
      names: {
        kind: crd.kind,
        listKind: `${crd.kind}List`,
        plural,
        singular,
        ...(crd.shortNames === undefined ? {} : { shortNames: [...crd.shortNames] }),
      },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema: { openApiv3Schema: schemaOf(crd) },
          ...(crd.columns === undefined ? {} : { additionalPrinterColumns: [...crd.columns] }),
          ...(crd.subresources === 'status' ? { subresources: { status: {} } } : {}),
        },
      ],
    },
  });
}

function schemaOf({ fields, required, atomic }: ArgoCrd): k8s.JsonSchemaProps {
  const keepAll: k8s.JsonSchemaProps = {
    type: 'object',
    xKubernetesPreserveUnknownFields: true,
    ...(atomic === true ? { xKubernetesMapType: 'atomic' } : {}),
  };
  return {
    type: 'object',
    required: ['metadata', ...(required ?? ['spec'])],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...Object.fromEntries(fields.map((field) => [field, SCALARS.has(field) ? { type: 'string' } : keepAll])),
    },
  };
}
