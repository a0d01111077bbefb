import type { Decision, Finding } from '../../../core/decision';
import type { DryRun } from '../../../core/dry-run';
import type { GerritEvent } from '../../../core/gerrit-event';
import { definitionPath, type Pipeline } from '../../../core/pipeline';
import type { Pool, RunPool } from '../../../core/pool';
import { namespaceForProject } from '../../../core/project-name';
import { err, ok, type Result } from '../../../core/result';
import type { SanitizedDefinition } from '../../shared/definition/sanitize-definition';
import { decideFit } from '../admission/decide-fit';
import { needOf } from '../admission/model-need';
import { NO_LIMITS } from '../admission/model-pod';
import type { Room } from '../admission/ports';
import { renderMisfit } from '../admission/render-wait';
import type { DefinitionNow, ProjectNow } from '../decide';
import type { DefinitionText } from '../ports';
import { renderWorkflow } from '../render-workflow';
import { type Use, useOf } from './model-use';
import { renderDifference } from './render-difference';

/** A file of the patch set in `seakeeper/`. */
export interface ProposedFile {
  readonly path: string;
  /** Pipeline that reads it; undefined: none does. */
  readonly pipeline: Pipeline | undefined;
  readonly proposed: DefinitionText;
  /** What is merged; undefined where no pipeline reads it. */
  readonly merged: Exclude<DefinitionNow, { kind: 'not-readable' }> | undefined;
}

/** All that a review depends on. */
export interface ReviewFacts {
  readonly server: string;
  readonly fetchUrl: string;
  /** Gerrit name of the project. */
  readonly project: string;
  /** Pipelines that run Workflows. */
  readonly pipelines: readonly Pipeline[];
  readonly pools: readonly Pool[];
  readonly classPools: Readonly<Record<string, RunPool>>;
  readonly place: ProjectNow;
  /** What the project's namespace allows a run; undefined while it has none. */
  readonly room: Pick<Room, 'hard' | 'limits'> | undefined;
  /** In the order of their paths. */
  readonly files: readonly ProposedFile[];
  /** Files in `seakeeper/` that were left out because there are too many. */
  readonly omitted: readonly string[];
  readonly dryRun: DryRun;
}

/** Enough for a person; the whole is one record of the ledger and one message. */
const MOST_FINDINGS = 60;
/** Class that a project gets which has no namespace yet. */
const FIRST_CLASS = 'default';

type Reviewed = Extract<Decision, { kind: 'reviewed' }>;

/** What one file comes to. */
interface FileReview {
  readonly findings: readonly Finding[];
  readonly summary: readonly string[];
}

/**
 * What the definitions that a patch set of `refs/meta/config` proposes would come to once they are merged: read, sanitised and
 * rendered like a run's, never sent anywhere. Pure: same facts, same answer.
 */
export function decideReview(facts: ReviewFacts): Reviewed {
  const reviews = facts.files.map((file) => reviewFile(file, facts));
  const [omitted] = facts.omitted;
  const findings = [
    ...reviews.flatMap((review) => review.findings),
    ...(omitted === undefined
      ? []
      : [wholeFile(omitted, `${facts.omitted.length} files from here on were not looked at; propose fewer at a time`)]),
  ];
  const commit = facts.files.flatMap(({ merged }) => merged?.commit ?? [])[0];
  return {
    kind: 'reviewed',
    ...(commit === undefined ? {} : { definitionCommit: commit }),
    findings: findings.slice(0, MOST_FINDINGS),
    summary: reviews.flatMap((review) => review.summary),
  };
}

function reviewFile({ path, pipeline, proposed, merged }: ProposedFile, facts: ReviewFacts): FileReview {
  if (pipeline === undefined) {
    return proposed === 'no-file' ? NOTHING : refused(path, [wholeFile(path, unread(facts.pipelines))]);
  }
  const valid = merged?.kind === 'found' && merged.definition.ok ? merged.definition.value : undefined;
  const before = valid === undefined ? undefined : compile(valid, pipeline, facts);
  const mergedUse = before?.ok === true ? before.value : undefined;
  const isNew = merged?.kind !== 'found';
  const difference = { path, pipeline: pipeline.name, isNew, before: mergedUse, dryRun: facts.dryRun };
  if (proposed === 'no-file') {
    return { findings: [], summary: renderDifference({ ...difference, after: undefined }) };
  }
  if (!proposed.ok) {
    return refused(path, proposed.error);
  }
  const after = compile(proposed.value, pipeline, facts);
  return after.ok
    ? { findings: [], summary: renderDifference({ ...difference, after: after.value }) }
    : refused(path, [wholeFile(path, after.error)]);
}

const NOTHING: FileReview = { findings: [], summary: [] };

const refused = (path: string, findings: readonly Finding[]): FileReview => ({
  findings,
  summary: [`${path}: would run nothing, ${findings.length === 1 ? '1 problem' : `${findings.length} problems`}`],
});

/** The Workflow that a patch set of a change would get, by what it uses; the error is one line for the author. */
function compile(
  definition: SanitizedDefinition,
  pipeline: Pipeline,
  { project, place, room, ...facts }: ReviewFacts,
): Result<Use, string> {
  const isReady = place.kind === 'ready';
  const projectClass = isReady ? place.class : FIRST_CLASS;
  const namespace = isReady ? place.namespace : namespaceForProject(project);
  const workflow = renderWorkflow({
    server: facts.server,
    fetchUrl: facts.fetchUrl,
    namespace,
    pipeline,
    eventKey: 'example',
    event: exampleEvent(project),
    definition,
    definitionCommit: EXAMPLE_REVISION,
    pools: facts.pools,
    classPool: facts.classPools[projectClass],
  });
  if (!workflow.ok) {
    return workflow;
  }
  const { spec } = workflow.value;
  const limits = room?.limits ?? NO_LIMITS;
  const fit = decideFit(needOf(spec, limits), room?.hard ?? {});
  return fit.kind === 'fits' ? ok(useOf(spec, limits)) : err(renderMisfit(fit, namespace, projectClass));
}

const EXAMPLE_REVISION = '0'.repeat(40);

/** What stands for the events to come: of them, only identifiers ever become part of a Workflow. */
const exampleEvent = (project: string): GerritEvent => ({
  type: 'patchset-created',
  change: { project, branch: 'main', number: 1 },
  patchSet: { number: 1, revision: EXAMPLE_REVISION, ref: 'refs/changes/01/1/1' },
});

const unread = (pipelines: readonly Pipeline[]): string => {
  const known = pipelines.map(({ name }) => definitionPath(name)).join(', ');
  return `no pipeline reads this file, there are ${known || 'none'}; rename it, or leave it out`;
};

/** About a file as a whole, and not a line of it. */
const wholeFile = (path: string, message: string): Finding => ({ path, line: 1, column: 1, message });
