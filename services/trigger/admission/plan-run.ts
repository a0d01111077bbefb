import { precedenceOf } from '../../../core/pipeline';
import { err, ok, type Result } from '../../../core/result';
import type { Facts, ProjectNow } from '../decide';
import type { WorkflowManifest } from '../render-workflow';
import { decideFit } from './decide-fit';
import type { WaitingRun } from './model-line';
import { needOf } from './model-need';
import type { Room } from './ports';
import { renderAdmitted } from './render-admitted';
import { renderMisfit } from './render-wait';

/** A run as it asks to be let in, and its Workflow as it then is made. */
export interface PlannedRun {
  readonly run: WaitingRun;
  /** Equal for runs of which the second would only repeat the first; undefined for what is of no change. */
  readonly work: string | undefined;
  readonly workflow: WorkflowManifest;
}

/** What a run needs of the room there is. The error is for the author: it could never begin. */
export function planRun(
  workflow: WorkflowManifest,
  facts: Pick<Facts, 'pipeline' | 'event'>,
  project: Extract<ProjectNow, { kind: 'ready' }>,
  room: Room,
  receivedAt: number,
): Result<PlannedRun, string> {
  const { pipeline, event } = facts;
  const { namespace, name } = workflow.metadata;
  const fit = decideFit(needOf(workflow.spec, room.limits), room.hard);
  if (fit.kind !== 'fits') {
    return err(renderMisfit(fit, namespace, project.class));
  }
  const run = {
    key: `${namespace}/${name}`,
    namespace,
    projectClass: project.class,
    precedence: precedenceOf(pipeline),
    priority: pipeline.priority,
    receivedAt,
    need: fit.need,
  };
  return ok({
    run,
    work: event.patchSet && `${namespace} ${pipeline.name} ${event.change?.number} ${event.patchSet.number}`,
    workflow: renderAdmitted(workflow, fit, run),
  });
}
