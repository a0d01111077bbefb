import { ConditionType, type ProjectCondition } from '../../../core/project';
import type { Outcome, Told } from './project-table';

/** Why a project is not ready, in Kubernetes' form: a reason for programs, a message for people. */
export interface Problem {
  readonly reason: string;
  readonly message: string;
}

/** Somebody's change that was put back: what and by whom, in words. */
export interface DriftNote {
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What the conditions are made of. */
export interface Findings {
  /** Undefined: Workflows may be created. */
  readonly problem: Problem | undefined;
  readonly drift: DriftNote | undefined;
  /** What is changed again and again. */
  readonly conflict: string | undefined;
  /** How far owners and contributors are those of Gerrit; undefined: they do not follow it. */
  readonly members: Outcome | undefined;
  readonly generation: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A change that was put back is told for so long. Milliseconds. */
export const DRIFT_TOLD_MS = 3_600_000;
/** As the CRD allows. */
const MOST_MESSAGE = 4000;

/** The conditions to tell after `told`. The time of transition moves only with the status. */
export function planConditions(told: readonly ProjectCondition[], findings: Findings): ProjectCondition[] {
  const present = (type: string) => told.find((condition) => condition.type === type);
  const conditions: ProjectCondition[] = [];
  const add = (type: string, outcome: Outcome | undefined) => {
    if (outcome === undefined) return;
    const old = present(type);
    const at = old?.status === outcome.status ? old.lastTransitionTime : new Date(findings.now).toISOString();
    conditions.push({
      type,
      ...outcome,
      message: outcome.message.slice(0, MOST_MESSAGE),
      lastTransitionTime: at,
      observedGeneration: findings.generation,
    });
  };
  add(ConditionType.ready, readyOutcome(findings.problem));
  add(ConditionType.membersCurrent, membersOutcomeOf(findings));
  add(ConditionType.drifted, driftOutcome(present(ConditionType.drifted), findings));
  add(ConditionType.conflict, conflictOutcome(present(ConditionType.conflict), findings));
  return conditions;
}

function readyOutcome(problem: Problem | undefined): Outcome {
  return problem === undefined
    ? { status: 'True', reason: 'Provisioned', message: 'Workflows may run' }
    : { status: 'False', ...problem };
}

function membersOutcomeOf({ members }: Findings): Outcome | undefined {
  if (members === undefined) return undefined;
  const { status, reason, message } = members;
  return { status, reason, message };
}

function driftOutcome(told: ProjectCondition | undefined, { drift, now }: Findings): Outcome | undefined {
  if (drift !== undefined && now - drift.at < DRIFT_TOLD_MS) {
    return { status: 'True', reason: 'PutBack', message: drift.message };
  }
  if (told === undefined) return undefined;
  const stands = told.status === 'True' && now - Date.parse(told.lastTransitionTime) < DRIFT_TOLD_MS;
  return stands ? told : { status: 'False', reason: 'InSync', message: 'nobody changed anything lately' };
}

function conflictOutcome(told: ProjectCondition | undefined, { conflict }: Findings): Outcome | undefined {
  if (conflict !== undefined) return { status: 'True', reason: 'ChangedAgainAndAgain', message: conflict };
  return told === undefined ? undefined : { status: 'False', reason: 'Settled', message: 'nobody else changes it now' };
}

/** Whether two states of our part of the status say the same. */
export function saysTheSame(one: Told, other: Told): boolean {
  return (
    one.namespace === other.namespace &&
    one.quotaUse === other.quotaUse &&
    one.conditions.length === other.conditions.length &&
    one.conditions.every((condition, index) => {
      const twin = other.conditions[index];
      return (['type', 'status', 'reason', 'message', 'observedGeneration', 'lastTransitionTime'] as const).every(
        (key) => twin?.[key] === condition[key],
      );
    })
  );
}
