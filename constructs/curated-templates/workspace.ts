import type { CuratedInterface } from '../../core/curated-templates';
import { Limit } from '../../core/workflow-policy/limits';
import type { Parameter, Volume, VolumeMount } from '../imports/argo-workflows';

/** Folder of a curated template's pod that its containers share, and in it what each part is for. */
export const Workspace = {
  root: '/workspace',
  source: '/workspace/source',
  home: '/workspace/home',
  input: '/workspace/input',
  output: '/workspace/output',
  cache: '/workspace/cache',
} as const;

const VOLUME = 'workspace';

/** The folder as a volume of a template: empty, and gone with its pod. */
export const workspaceVolumes: readonly Volume[] = [{ name: VOLUME, emptyDir: { sizeLimit: Limit.scratchSize } }];

/** The same, mounted. Artifacts below it are read and written where they are, without another copy. */
export const workspaceMounts: readonly VolumeMount[] = [{ name: VOLUME, mountPath: Workspace.root }];

/** Parameters that a template takes, as Argo writes them. */
export const parametersOf = ({ parameters }: CuratedInterface): readonly Parameter[] =>
  Object.entries(parameters).map(([name, { means, default: otherwise }]) => ({
    name,
    description: means,
    ...(otherwise === undefined ? {} : { default: otherwise }),
  }));
