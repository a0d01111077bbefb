import { z } from 'zod';
import type { KubeObject } from '../core/kube-object';

const Resources = z.looseObject({
  requests: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  limits: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** A container, as far as rules look at it. */
export const Container = z.looseObject({
  name: z.string().optional(),
  image: z.string().optional(),
  resources: Resources.optional(),
  ports: z.array(z.looseObject({ hostPort: z.number().optional() })).optional(),
  securityContext: z
    .looseObject({
      privileged: z.boolean().optional(),
      allowPrivilegeEscalation: z.boolean().optional(),
      runAsUser: z.number().optional(),
      runAsNonRoot: z.boolean().optional(),
      capabilities: z.looseObject({ add: z.array(z.string()).optional() }).optional(),
    })
    .optional(),
});
export type Container = z.infer<typeof Container>;

const Containers = z.array(Container).optional();

/** A pod's spec, as far as rules look at it. */
export const PodSpec = z.looseObject({
  hostNetwork: z.boolean().optional(),
  hostPID: z.boolean().optional(),
  hostIPC: z.boolean().optional(),
  volumes: z.array(z.looseObject({ name: z.string().optional(), hostPath: z.unknown().optional() })).optional(),
  securityContext: z.looseObject({ runAsUser: z.number().optional(), runAsNonRoot: z.boolean().optional() }).optional(),
  containers: Containers,
  initContainers: Containers,
  ephemeralContainers: Containers,
});
export type PodSpec = z.infer<typeof PodSpec>;

/** A pod an object makes. */
export interface PodTemplate {
  /** Path of the pod's spec in the object. */
  readonly path: string;
  readonly spec: PodSpec;
  /** Its containers of every kind, with their paths. A template of Argo Events takes its image from the controller. */
  readonly containers: readonly {
    readonly path: string;
    readonly container: Container;
    readonly imageIsOurs: boolean;
  }[];
}

const WorkflowTemplate = z.looseObject({
  name: z.string().optional(),
  container: Container.optional(),
  script: Container.optional(),
  containerSet: z.looseObject({ containers: Containers }).optional(),
  initContainers: Containers,
  sidecars: Containers,
  volumes: PodSpec.shape.volumes,
});
const WorkflowSpec = z.looseObject({
  templates: z.array(WorkflowTemplate).default([]),
  hostNetwork: z.boolean().optional(),
  volumes: PodSpec.shape.volumes,
});
const Spec = z.looseObject({ spec: z.unknown() });
const Templated = z.looseObject({ template: z.looseObject({ spec: PodSpec }) });
const Job = z.looseObject({ jobTemplate: z.looseObject({ spec: Templated }) });
const EventsTemplate = z.looseObject({ template: PodSpec.extend({ container: Container.optional() }).optional() });

/** The pods an object of any kind makes; none for a kind that makes none. Throws when the object is malformed. */
export function podsOf(object: KubeObject): PodTemplate[] {
  const { spec } = Spec.parse({ spec: object['spec'] });
  switch (object.kind) {
    case 'Pod':
      return [pod('spec', PodSpec.parse(spec))];
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'Job':
      return [pod('spec.template.spec', Templated.parse(spec).template.spec)];
    case 'CronJob':
      return [pod('spec.jobTemplate.spec.template.spec', Job.parse(spec).jobTemplate.spec.template.spec)];
    case 'EventSource':
    case 'Sensor':
      return eventsPod(EventsTemplate.parse(spec).template);
    case 'Workflow':
    case 'WorkflowTemplate':
    case 'ClusterWorkflowTemplate':
      return workflowPods(WorkflowSpec.parse(spec));
    default:
      return [];
  }
}

function pod(path: string, spec: PodSpec): PodTemplate {
  const kinds = ['containers', 'initContainers', 'ephemeralContainers'] as const;
  const containers = kinds.flatMap((kind) =>
    (spec[kind] ?? []).map((container, index) => ({ path: `${path}.${kind}[${index}]`, container, imageIsOurs: true })),
  );
  return { path, spec, containers };
}

function eventsPod(template: z.infer<typeof EventsTemplate>['template']): PodTemplate[] {
  const path = 'spec.template';
  const container = { path: `${path}.container`, container: template?.container ?? {}, imageIsOurs: false };
  return [{ path, spec: template ?? {}, containers: [container] }];
}

function workflowPods(workflow: z.infer<typeof WorkflowSpec>): PodTemplate[] {
  return workflow.templates.flatMap((template, index) => {
    const path = `spec.templates[${index}]`;
    const own = (['container', 'script'] as const).flatMap((kind) => {
      const container = template[kind];
      return container === undefined ? [] : [{ path: `${path}.${kind}`, container, imageIsOurs: true }];
    });
    const lists = { initContainers: template.initContainers, sidecars: template.sidecars };
    const others = Object.entries({ ...lists, containerSet: template.containerSet?.containers }).flatMap(
      ([kind, containers]) =>
        (containers ?? []).map((container, at) => ({ path: `${path}.${kind}[${at}]`, container, imageIsOurs: true })),
    );
    const containers = [...own, ...others];
    const { hostNetwork } = workflow;
    const volumes = [...(workflow.volumes ?? []), ...(template.volumes ?? [])];
    const spec: PodSpec = { volumes, ...(hostNetwork === undefined ? {} : { hostNetwork }) };
    return containers.length === 0 ? [] : [{ path, spec, containers }];
  });
}
