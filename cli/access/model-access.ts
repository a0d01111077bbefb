import { z } from 'zod';
import { STORE } from '../../constructs/artifacts-chart';
import { renderProjectNamespace } from '../../constructs/render-project-namespace';
import { ServiceAccounts } from '../../core/access';
import type { KubeObject } from '../../core/kube-object';
import { type ProjectMembers, type ProjectSpec, RUNNER_SERVICE_ACCOUNTS } from '../../core/project';
import { namespaceForProject } from '../../core/project-name';
import {
  type AccessQuestion,
  Authorizer,
  type Grant,
  type Identity,
  serviceAccountIdentity,
} from '../../policy/authorize';
import type { StackInputs } from '../../stacks/release';
import { renderCluster } from '../../stacks/render/render-cluster';
import { Admission, type AdmissionNote } from './admission';
import { questionsOf, RIGHTS, type Right } from './rights';

/** Somebody of whom is said what they may. */
export interface Actor {
  /** Row of the table: `owners`, `trigger`. */
  readonly role: string;
  /** Who that is: a user, a group, an account, or nobody in particular. */
  readonly name: string;
  /** Where it is said that they are: `Gerrit`, `stack config`. */
  readonly source?: string;
  /** Absent: nobody is in the role; what it would give is said all the same, and cannot be checked. */
  readonly identity?: Identity;
}

/** The project as the stack and, where one was asked, the cluster have it. */
export interface ProjectFacts {
  readonly spec: ProjectSpec;
  /** Absent: no cluster was asked, or its people do not follow Gerrit. */
  readonly members?: ProjectMembers | undefined;
}

/** Who there is, and what roles and bindings give them. */
export interface AccessModel {
  readonly namespace: string;
  readonly actors: readonly Actor[];
  /** What gives somebody a right; undefined when nothing does. */
  readonly answer: (actor: Actor, question: AccessQuestion) => Grant | undefined;
  /** What admission does to it all the same; of accounts of the system nothing is said. */
  readonly admission: (actor: Actor, question: AccessQuestion) => AdmissionNote;
}

const AUTHENTICATED = 'system:authenticated';
/** Stands in a binding that nobody is in, to tell what it would give. No name of Gerrit's has a colon. */
const NOBODY = ':nobody';

/** A person, with groups of the identity provider if they are known. */
export const personIdentity = (user: string, groups: readonly string[] = []): Identity => {
  const [, , namespace, name] = /^(system:serviceaccount:)([^:]+):([^:]+)$/.exec(user) ?? [];
  if (namespace !== undefined && name !== undefined) return serviceAccountIdentity({ namespace, name });
  return { user, groups: [...groups, AUTHENTICATED] };
};

/** A group: somebody of whom nothing is known but that they are in it. */
const groupIdentity = (group: string): Identity => ({ user: `:somebody-of-${group}`, groups: [group, AUTHENTICATED] });

/**
 * What stack and project render, read as Kubernetes reads it. Throws when the stack does not hold the roles, or the
 * project's class is none.
 */
export function modelAccess(inputs: StackInputs, { spec, members }: ProjectFacts): AccessModel {
  const { config, requirement } = inputs;
  if (!config.layers.includes('foundation')) {
    throw new Error(
      `the stack has layers ${config.layers.join(', ')}; who may do what is said in foundation: name a stack that has it`,
    );
  }
  const projectClass = requirement.quotas[spec.class];
  if (projectClass === undefined) {
    throw new Error(`project '${spec.gerritName}' is of class '${spec.class}', which the stack does not have`);
  }
  const inside = renderProjectNamespace({
    project: spec,
    members,
    projectClass,
    network: config.network,
    store: STORE,
  });
  const objects = [...rolesOfStack(inputs), ...inside];
  const [namespaceObject] = inside;
  const admission = new Admission(objects, Labels.parse(namespaceObject?.metadata['labels']));
  const asNobody = new Authorizer(objects.map(withNobody));
  const authorizer = new Authorizer(objects);
  return {
    namespace: namespaceForProject(spec.gerritName),
    actors: [...people(spec, members), ...operators(inputs), ...accounts(spec)],
    answer: ({ role, identity }, question) =>
      identity === undefined
        ? asNobody.answer({ user: `${NOBODY}:${role}`, groups: [] }, question)
        : authorizer.answer(identity, question),
    admission: ({ identity }, question) =>
      identity?.user.startsWith('system:') === true ? { boundedBy: [] } : admission.noteFor(question),
  };
}

const Labels = z.record(z.string(), z.string());

/** Whether somebody may: something gives the right, and admission does not refuse it whatever it is. */
export const may = (model: AccessModel, actor: Actor, question: AccessQuestion): boolean =>
  model.answer(actor, question) !== undefined && model.admission(actor, question).refusedBy === undefined;

/** Whether an actor may do all, some or nothing of a right. */
export function extent(model: AccessModel, actor: Actor, right: Right): 'all' | 'some' | 'nothing' {
  const questions = questionsOf(right, model.namespace);
  const given = questions.filter((question) => may(model, actor, question)).length;
  return given === 0 ? 'nothing' : given === questions.length ? 'all' : 'some';
}

/** Everything that is asked of every actor. */
export const allQuestions = (namespace: string): AccessQuestion[] =>
  RIGHTS.flatMap((right) => questionsOf(right, namespace));

const KINDS = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ValidatingAdmissionPolicy']);

function rolesOfStack(inputs: StackInputs): KubeObject[] {
  const objects: KubeObject[] = [];
  for (const { origin, object } of renderCluster(inputs)) {
    // The projects come last, and of them one is wanted.
    if (origin === 'projects') break;
    if (KINDS.has(object.kind)) objects.push(object);
  }
  return objects;
}

function withNobody(object: KubeObject): KubeObject {
  const role = PEOPLE_BINDINGS.find((binding) => binding === object.metadata.name);
  return object.kind === 'RoleBinding' && role !== undefined
    ? { ...object, subjects: [{ kind: 'User', name: `${NOBODY}:${role}` }] }
    : object;
}

const PEOPLE_BINDINGS = ['owners', 'contributors'] as const;

function people(spec: ProjectSpec, members: ProjectMembers | undefined): Actor[] {
  return PEOPLE_BINDINGS.flatMap((role) => {
    const groups = members?.[role === 'owners' ? 'ownerGroups' : 'contributorGroups'] ?? [];
    const byGerrit = (members?.[role] ?? []).filter((name) => !spec[role].includes(name));
    const actors: Actor[] = [
      ...spec[role].map((name) => ({ role, name, source: 'the Project', identity: personIdentity(name) })),
      ...byGerrit.map((name) => ({ role, name, source: 'Gerrit', identity: personIdentity(name) })),
      ...groups.map((name) => ({ role, name: `group ${name}`, source: 'Gerrit', identity: groupIdentity(name) })),
    ];
    return actors.length > 0 ? actors : [{ role, name: 'nobody' }];
  });
}

function operators({ config }: StackInputs): Actor[] {
  const titles = { releng: 'RelEng', serviceops: 'ServiceOps' } as const;
  return (['releng', 'serviceops'] as const).flatMap((operator) =>
    config.access[operator].map((name) => ({
      role: titles[operator],
      name: `group ${name}`,
      source: 'stack config',
      identity: groupIdentity(name),
    })),
  );
}

function accounts({ gerritName }: ProjectSpec): Actor[] {
  const namespace = namespaceForProject(gerritName);
  const account = (role: string, at: { namespace: string; name: string }): Actor => ({
    role,
    name: `${at.namespace}/${at.name}`,
    identity: serviceAccountIdentity(at),
  });
  const { argoServer, status, trigger, reporter, workflowController, provisioner } = ServiceAccounts;
  return [
    account('public', argoServer),
    account('public', status),
    account('trigger', trigger),
    account('reporter', reporter),
    account('controller', workflowController),
    account('provisioner', provisioner),
    ...Object.values(RUNNER_SERVICE_ACCOUNTS).map((name) => account('runs', { namespace, name })),
  ];
}
