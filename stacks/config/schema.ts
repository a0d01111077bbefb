import { z } from 'zod';
import { Images } from '../../core/images';
import { Pipelines } from '../../core/pipeline';
import { ProjectSpec } from '../../core/project';
import {
  GerritEndpoint,
  MembersConfig,
  NetworkConfig,
  RetirementConfig,
  SelfServeConfig,
} from '../../core/service-config';
import { CapacityConfig, ClassConfig, Machine } from '../../infra/capacity/config';
import { ControlPlaneConfig } from '../../infra/control-plane/config';
import { AccessConfig, PolicyConfig, SystemConfig } from './system-config';

/** Parts of the program by owner; a stack names those it carries. */
export const LAYERS = ['foundation', 'system', 'ui'] as const;
export const Layer = z.enum(LAYERS);
export type Layer = z.infer<typeof Layer>;

/** A project as stack config lists it: `Project` objects are made of these. */
export const ProjectEntry = z.strictObject(ProjectSpec.shape);

/**
 * Everything a stack says, secrets aside: those are read one by one and never parsed.
 */
export const ClusterConfig = z.strictObject({
  layers: z
    .array(Layer)
    .min(1)
    .default([...LAYERS])
    .describe('Layers this stack carries.'),
  layerStacks: z
    .partialRecord(Layer, z.string())
    .default({})
    .describe('Stack that carries a layer this one does not, by layer: `organization/project/stack`.'),
  access: AccessConfig.prefault({}).describe('Who runs the system: groups by role.'),
  policy: PolicyConfig.prefault({}).describe('What the policy rules let pass in this stack.'),
  images: Images.describe('Every image the system runs, by the name the code uses.'),
  gerrit: GerritEndpoint.describe('The Gerrit server.'),
  network: NetworkConfig.describe("Ranges inside the cluster, and the holes in the project pods' egress fence."),
  pipelines: Pipelines.describe('Pipelines: what starts them, whom they trust, what they vote.'),
  capacity: CapacityConfig.prefault({}).describe(
    'What one build slot is given, and the forecast that machines are compared with.',
  ),
  controlPlane: ControlPlaneConfig.prefault({}).describe(
    'What API server and etcd are trusted to bear; a stack that asks for more is not rendered.',
  ),
  machines: z
    .array(Machine)
    .default([])
    .describe('The machines of the cluster and their pools. None: nothing is labelled, tainted or placed.'),
  classes: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a-z, 0-9 and -'), ClassConfig)
    .describe('Project classes by name: what each of their projects may use, in build slots.'),
  projectLists: z
    .array(z.string())
    .default([])
    .describe(
      'Files of projects, relative to the project: a Gerrit name a line, its class behind it; `#` begins a comment.',
    ),
  projects: z
    .array(ProjectEntry)
    .default([])
    .describe('Projects that say more than the files do; one that is in both is as it is here.'),
  selfServe: SelfServeConfig.prefault({}).describe('Who may get a namespace by merging a definition, and how fast.'),
  members: MembersConfig.prefault({}).describe('How owners and contributors of projects follow Gerrit.'),
  retirement: RetirementConfig.prefault({}).describe('What happens to the namespace of a project that is gone.'),
  system: SystemConfig.describe('Sizes and limits of the system itself.'),
});
export type ClusterConfig = z.infer<typeof ClusterConfig>;

/** Keys of the structured configuration, each of its own in the stack file. */
export const CONFIG_KEYS = Object.keys(ClusterConfig.shape) as (keyof ClusterConfig)[];

/** Those of them that every stack must set. */
export const REQUIRED_KEYS = CONFIG_KEYS.filter((key) => !ClusterConfig.shape[key].safeParse(undefined).success);
