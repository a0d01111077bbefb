import { ConditionType } from '../../../core/project';
import { namespaceOf, projectObjectName } from '../../../core/project-name';
import { type Command, NAMESPACE_BIT, type Situation } from './model-situation';
import { type Problem, planConditions, saysTheSame } from './plan-conditions';
import { planRetirement } from './plan-retirement';
import type { ProjectFacts, SpaceFacts, Told } from './project-table';

/**
 * What to do next about a project, in order. Asked again after it is done, until nothing but `tell` and `again` is left:
 * so each step is decided from what is, not from what an earlier one was meant to lead to. A namespace that is not ours
 * is never taken over, changed or deleted.
 */
export function planNamespace(situation: Situation): Command[] {
  const { id, project, space } = situation;
  if (project === undefined) return planRetirement(situation);
  const finalizer: Command[] = project.hasOldFinalizer ? [{ kind: 'drop-finalizer' }] : [];
  if (!project.isRightlyNamed) {
    const rightName = projectObjectName(project.spec.gerritName);
    const message = `Project '${id}' is for Gerrit project '${project.spec.gerritName}', whose object is named '${rightName}'; rename it`;
    // Its name may be that of another project's namespace, whose own Project is gone.
    return [
      ...finalizer,
      ...tell(situation, project, { reason: 'WrongName', message }, undefined),
      ...planRetirement(situation),
    ];
  }
  const refusal = refuse(situation, project, space);
  if (refusal !== undefined) return [...finalizer, ...tell(situation, project, refusal, undefined)];
  return [...finalizer, ...provision(situation, project)];
}

/** Why nothing may be made now; undefined when it may. */
function refuse(
  { classes, id }: Situation,
  { spec }: ProjectFacts,
  space: SpaceFacts | undefined,
): Problem | undefined {
  const namespace = namespaceOf(id);
  if (!classes.includes(spec.class)) {
    const allowed = [...classes].sort().join(', ');
    const message = `class '${spec.class}' is not configured, allowed are: ${allowed}; choose one of them`;
    return { reason: 'UnknownClass', message };
  }
  if (space !== undefined && !space.ours) {
    const message = `namespace '${namespace}' exists and was not made for Gerrit project '${spec.gerritName}'; remove it`;
    return { reason: 'NamespaceNotOurs', message };
  }
  if (space?.terminating === true) {
    return { reason: 'NamespaceTerminating', message: `namespace '${namespace}' is still being deleted` };
  }
  return undefined;
}

function provision(situation: Situation, project: ProjectFacts): Command[] {
  const { extras, held, id, space, store, synced, wanted } = situation;
  const missing = wanted & ~synced & ~held;
  // Everything else is in it.
  if (space === undefined || (missing & NAMESPACE_BIT) !== 0n) return [{ kind: 'apply', bits: NAMESPACE_BIT }];
  const commands: Command[] = [];
  if (!isStoreOpen(situation, project) && store.kind !== 'failed') commands.push({ kind: 'open-store' });
  if (missing !== 0n) commands.push({ kind: 'apply', bits: missing });
  if (extras.length > 0) commands.push({ kind: 'remove', objects: extras });
  if (missing !== 0n || extras.length > 0) return commands;
  return [...commands, ...tell(situation, project, planReadiness(situation, project), namespaceOf(id))];
}

/** What keeps Workflows from running: a first pod that lacks any of it fails for good. */
function planReadiness(situation: Situation, project: ProjectFacts): Problem | undefined {
  if (!situation.hasRootCertificate) {
    return {
      reason: 'RootCertificateMissing',
      message: "waiting for the cluster's root certificate (kube-root-ca.crt)",
    };
  }
  if (!isStoreOpen(situation, project)) {
    const why = situation.store.kind === 'failed' ? `: ${situation.store.message}` : '';
    return { reason: 'StoreNotReady', message: `waiting for the account at the artifact store${why}` };
  }
  return undefined;
}

/** A project that was ready under another leader is believed to have its account; it is made sure of in good time. */
function isStoreOpen({ hasKey, store }: Situation, { told }: ProjectFacts): boolean {
  if (!hasKey) return false;
  const wasReady = told.conditions.some(({ type, status }) => type === ConditionType.ready && status === 'True');
  return store.kind === 'open' || (store.kind === 'unknown' && wasReady);
}

function tell(
  { conflict, drift, now, quotaUse }: Situation,
  project: ProjectFacts,
  problem: Problem | undefined,
  namespace: string | undefined,
): Command[] {
  const { generation, membersOutcome: members, told } = project;
  const conditions = planConditions(told.conditions, { problem, drift, conflict, members, generation, now });
  const next: Told = { namespace, quotaUse: namespace === undefined ? undefined : quotaUse, conditions };
  return saysTheSame(told, next) ? [] : [{ kind: 'tell', told: next }];
}
