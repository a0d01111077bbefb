import { z } from 'zod';
import { DOMAIN } from './labels';

/** The cluster-scoped `Project`: one Gerrit project that may run Workflows. */
export const PROJECT_API = { group: DOMAIN, version: 'v1alpha1', kind: 'Project', plural: 'projects' } as const;

/** Path of all Projects at the API server. */
export const PROJECTS_PATH = `/apis/${PROJECT_API.group}/${PROJECT_API.version}/${PROJECT_API.plural}`;

/** Trust classes; each has a runner ServiceAccount of its own, so one cannot write the other's task results. */
export const RUNNER_SERVICE_ACCOUNTS = {
  'pre-review': 'runner-pre-review',
  'post-review': 'runner-post-review',
} as const;

/** Fixed names of what the provisioner keeps in a project namespace. */
export const ProjectNames = {
  storeSecret: 'artifact-store',
  artifactRepositories: 'artifact-repositories',
} as const;

/** Objects of the provisioner in its own namespace. It follows both ConfigMaps, so that neither needs a restart. */
export const ProvisionerObject = {
  /** Its configuration; key `config.json`. */
  config: 'provisioner-config',
  /** Stands as long as projects may. Deleting it retires every Project, whoever made them, before it is gone. */
  guard: 'projects',
  /** What names of the ConfigMaps begin with in which self-serve notes whom it served. */
  recordsPrefix: 'self-serve-',
  /** Not a ConfigMap but the Lease of the replica that works. */
  lease: 'provisioner',
} as const;

/** Finalizer of the guard, which the provisioner takes off when no Project is left. */
export const GUARD_FINALIZER = `${DOMAIN}/retire-all`;

/** Group of the artifact store that every project's user is in; its policy is made when the store is set up. */
export const STORE_PROJECTS_GROUP = 'seakeeper-projects';

/** Keys of the Secret `ProjectNames.storeSecret`: the project's own key to its prefix of the artifact bucket. */
export const STORE_SECRET_KEYS = { accessKey: 'accesskey', secretKey: 'secretkey' } as const;

export const ProjectSpec = z.object({
  gerritName: z.string().min(1).max(500).describe('Exactly as Gerrit spells it.'),
  class: z.string().default('default').describe('What it may use: a name in `classes`.'),
  visibility: z
    .enum(['public', 'private'])
    .default('public')
    .describe('Whether anybody sees its runs on the web pages.'),
  owners: z
    .array(z.string())
    .default([])
    .describe('Users (not groups) who may submit, stop and resubmit its Workflows.'),
  contributors: z.array(z.string()).default([]).describe('Users (not groups) who may look at them.'),
});
export type ProjectSpec = z.infer<typeof ProjectSpec>;

export const ProjectCondition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: z.string(),
  observedGeneration: z.number().optional(),
});
export type ProjectCondition = z.infer<typeof ProjectCondition>;

/** Who asked for a `Project`, in label `origin`: stack config, or a definition that somebody merged. */
export const ProjectOrigin = { stack: 'stack', selfServe: 'self-serve' } as const;

/** Types of a Project's conditions. */
export const ConditionType = {
  /** Workflows may be created. */
  ready: 'Ready',
  /** Somebody changed what is the provisioner's, and it was changed back; the message says who and what. */
  drifted: 'Drifted',
  /** Somebody keeps changing it: the provisioner and they will go on until one of them stops. */
  conflict: 'Conflict',
  /** Owners and contributors are those that Gerrit names. */
  membersCurrent: 'MembersCurrent',
} as const;

/** Most people a list of a Project holds. A group larger than that is no group of owners. */
export const MOST_PEOPLE = 1000;

/** People of a project as Gerrit names them, refreshed; bound beside those of the spec. */
export const ProjectMembers = z.object({
  owners: z.array(z.string()).default([]),
  contributors: z.array(z.string()).default([]),
  /** Groups of the identity provider, where stack config says that a group of Gerrit is the same. */
  ownerGroups: z.array(z.string()).default([]),
  contributorGroups: z.array(z.string()).default([]),
  /** When the people above were read from Gerrit; not written again while Gerrit names the same. ISO 8601. */
  refreshedAt: z.string().optional(),
  /** Groups that Gerrit names and that are not bound, each with why. */
  notBound: z.array(z.string()).default([]),
  /** Why they may not be all whom Gerrit names, or not any more, and since when (ISO 8601). Absent: they are. */
  problem: z.object({ reason: z.string(), message: z.string(), since: z.string() }).optional(),
});
export type ProjectMembers = z.infer<typeof ProjectMembers>;

/** What self-serve found in `refs/meta/config`. */
export const SelfServeStatus = z.object({
  /** Pipelines with a definition. */
  pipelines: z.array(z.string()).default([]),
  /** Commit of `refs/meta/config` they were read at. */
  commit: z.string(),
});
export type SelfServeStatus = z.infer<typeof SelfServeStatus>;

/** Each field has one writer, who patches no other: merge patches of the status subresource. */
export const ProjectStatus = z.object({
  namespace: z.string().optional(),
  observedGeneration: z.number().optional(),
  conditions: z.array(ProjectCondition).default([]),
  members: ProjectMembers.optional(),
  selfServe: SelfServeStatus.optional(),
  /** Last run that was reported. */
  lastRun: z.object({ name: z.string(), phase: z.string(), finishedAt: z.string() }).optional(),
  /** What of the quota is in use, for people: `pods 3/16, cpu 6/32`. */
  quotaUse: z.string().optional(),
});
export type ProjectStatus = z.infer<typeof ProjectStatus>;

export const ProjectObject = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string().optional(),
    generation: z.number().optional(),
    resourceVersion: z.string().optional(),
    deletionTimestamp: z.string().optional(),
    finalizers: z.array(z.string()).optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
  spec: ProjectSpec,
  status: ProjectStatus.optional(),
});
export type ProjectObject = z.infer<typeof ProjectObject>;

/** Whether Workflows may be created: the provisioner says Ready once account and root certificate are there. */
export function isReady(project: ProjectObject): boolean {
  return (
    project.metadata.deletionTimestamp === undefined &&
    (project.status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True')
  );
}
