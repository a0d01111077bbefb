import type { ProjectMembers, ProjectObject } from '../../core/project';
import { messageOf } from '../../services/shared/errors';
import { hint } from '../../stacks/config/nearest-name';
import type { StackInputs } from '../../stacks/release';
import { localFiles } from '../local-files';
import { readStackInputs } from '../read-stack-inputs';
import { type AccessCheck, checkAccess } from './check-access';
import { type Cluster, type ClusterChoice, chooseCluster } from './choose-cluster';
import { findProject, hasNamespace, projectNames } from './cluster-facts';
import { type AccessModel, type Actor, modelAccess, type ProjectFacts, personIdentity } from './model-access';
import { type AccessHeading, renderActor, renderTable } from './render-access';

export interface AccessOptions extends Omit<ClusterChoice, 'fallback'> {
  /** Gerrit name. */
  readonly project: string;
  /** Only this user, in full. */
  readonly as?: string;
  /** Groups of the identity provider that user is in. */
  readonly groups: readonly string[];
  readonly stack: string;
  /** Configuration of the stack, when it is not `Pulumi.<stack>.yaml`. */
  readonly configFile?: string;
}

const LOCAL = 'local';

/**
 * `npm run access`: prints who may do what, computed from what the stack renders and checked against the API server.
 * Resolves to the exit code: 1 when the two disagree, or a cluster that was named could not be asked. Rejects with one line when the project is none, or nothing can be read.
 */
export async function runAccess(options: AccessOptions): Promise<number> {
  const { project, stack } = options;
  if (project === '') throw new Error('--project is empty; name a project as Gerrit spells it');
  const local = stack === LOCAL ? await localFiles() : undefined;
  const inputs = readStackInputs(stack, options.configFile ?? local?.configFile);
  const found = await askCluster(chooseCluster({ ...options, fallback: local?.kubeconfig }), project);
  const model = modelAccess(inputs, await factsOf(inputs, project, found));
  const actor = options.as === undefined ? undefined : actorOf(model, options.as, options.groups);
  const actors = actor === undefined ? model.actors : [actor];
  const { check, unchecked } = await compare(found, model, actors);
  const heading: AccessHeading = {
    project,
    stack,
    notes: notesOf(inputs, found),
    ...(found.cluster === undefined ? {} : { server: found.cluster.server }),
    ...(unchecked === undefined ? {} : { unchecked }),
  };
  process.stdout.write(
    actor === undefined ? renderTable(heading, model, check) : renderActor(heading, model, actor, check),
  );
  // Who names a cluster wants it asked.
  const isMissed = unchecked !== undefined && (options.context ?? options.kubeconfig) !== undefined;
  return isMissed || (check?.disagreements.length ?? 0) > 0 ? 1 : 0;
}

/** What the cluster said; without one, or when it does not answer, why. */
interface Found {
  readonly cluster?: Cluster;
  readonly object?: ProjectObject | undefined;
  readonly why?: string;
}

async function askCluster(cluster: Cluster | string, project: string): Promise<Found> {
  if (typeof cluster === 'string') return { why: cluster };
  try {
    return { cluster, object: await findProject(cluster.kube, project) };
  } catch (error) {
    return { why: `${cluster.server} does not answer: ${messageOf(error)}` };
  }
}

/** What stack config says of a project holds; what it does not list is what the cluster has of it. */
async function factsOf({ config }: StackInputs, project: string, { cluster, object }: Found): Promise<ProjectFacts> {
  const spec = config.projects.find(({ gerritName }) => gerritName === project) ?? object?.spec;
  if (spec !== undefined) return { spec, members: object?.status?.members };
  const listed = config.projects.map(({ gerritName }) => gerritName);
  const inCluster = cluster === undefined ? [] : await projectNames(cluster.kube);
  const where = cluster === undefined ? 'the stack' : 'the stack or the cluster';
  throw new Error(`${where} has no project '${project}'${hint(project, [...new Set([...listed, ...inCluster])])}`);
}

function actorOf(model: AccessModel, user: string, groups: readonly string[]): Actor {
  const known = model.actors.find(
    ({ name, identity }) => identity !== undefined && (name === user || identity.user === user),
  );
  const identity = personIdentity(user, groups);
  return known === undefined || groups.length > 0
    ? {
        role: groups.length > 0 ? `none of their own; in ${groups.join(', ')}` : 'none that is known here',
        name: user,
        identity,
      }
    : { ...known, name: user };
}

async function compare(
  { cluster, object, why }: Found,
  model: AccessModel,
  actors: readonly Actor[],
): Promise<{ check?: AccessCheck; unchecked?: string }> {
  if (cluster === undefined) return { unchecked: why ?? 'no cluster was asked' };
  if (object === undefined || !(await hasNamespace(cluster.kube, model.namespace))) {
    return { unchecked: `${cluster.server} does not have the project yet` };
  }
  try {
    return { check: await checkAccess(cluster.kube, model, actors) };
  } catch (error) {
    return { unchecked: `${cluster.server} cannot be asked: ${messageOf(error)}` };
  }
}

function notesOf({ config }: StackInputs, { cluster, object }: Found): string[] {
  const members: ProjectMembers | undefined = object?.status?.members;
  if (members === undefined) {
    const unread = cluster === undefined ? 'whom Gerrit names the cluster knows' : 'Gerrit was not asked yet';
    return [
      `people: those that the Project names; ${config.members.enabled ? unread : 'they do not follow Gerrit here'}`,
    ];
  }
  const { refreshedAt = 'never', problem, notBound } = members;
  return [
    `people: those that the Project names, and those of Gerrit, the same since ${refreshedAt}`,
    ...(problem === undefined
      ? []
      : [`  MAY BE OUTDATED since ${problem.since}: ${problem.reason}: ${problem.message}`]),
    ...notBound.map((group) => `  not bound: ${group}`),
  ];
}
