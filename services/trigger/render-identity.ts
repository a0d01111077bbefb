import type { GerritEvent } from '../../core/gerrit-event';
import { Annotation, Label, MANAGED_BY } from '../../core/labels';
import { type RunIdentity, runHash, workflowName } from '../../core/workflow-name';

/** What of an event a run needs. Identifiers only. */
export interface Subject {
  readonly project: string;
  readonly branch: string | undefined;
  readonly ref: string;
  readonly revision: string;
  readonly change: { readonly number: number; readonly patchSet: number } | undefined;
}

/** What a run is made for. */
export interface IdentityFacts {
  readonly server: string;
  readonly pipeline: { readonly name: string };
  readonly eventKey: string;
}

/** What names a Workflow and says whose it is. */
export interface WorkflowIdentity {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What is written of a label for which there is nothing, such as the change of a branch's run. */
const NONE = 'none';

/** Undefined for an event that names no revision. */
export function subjectOf({ change, patchSet, refUpdate }: GerritEvent): Subject | undefined {
  if (change !== undefined && patchSet !== undefined) {
    return {
      project: change.project,
      branch: change.branch,
      ref: patchSet.ref,
      revision: patchSet.revision,
      change: { number: change.number, patchSet: patchSet.number },
    };
  }
  if (refUpdate === undefined) {
    return undefined;
  }
  const ref = refUpdate.refName.startsWith('refs/') ? refUpdate.refName : `refs/heads/${refUpdate.refName}`;
  const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
  return { project: refUpdate.project, branch, ref, revision: refUpdate.newRev, change: undefined };
}

/** The identity of a run: it follows from the event alone, so it can be found again whatever the definition says by then. */
export function renderIdentity({ server, pipeline, eventKey }: IdentityFacts, subject: Subject): WorkflowIdentity {
  const { project, change, ref, revision } = subject;
  const identity: RunIdentity = { server, project, pipeline: pipeline.name, eventKey, change, ref };
  return {
    name: workflowName(identity),
    labels: {
      [Label.managedBy]: MANAGED_BY,
      [Label.pipeline]: pipeline.name,
      [Label.change]: change === undefined ? NONE : String(change.number),
      [Label.patchSet]: change === undefined ? NONE : String(change.patchSet),
      [Label.run]: runHash(identity),
    },
    annotations: {
      [Annotation.project]: project,
      [Annotation.eventKey]: eventKey,
      [Annotation.revision]: revision,
      [Annotation.ref]: ref,
    },
  };
}
