import type { ArgoWorkflow } from '../../core/argo-workflow';
import type { Target } from './decide';
import { keepOnFiles, keepOnLines, NOTHING_LEFT_OUT, type Sorted } from './decide-comments';
import { parseStepComments } from './parse-step-comments';
import type { PatchSetFiles } from './ports';

/** Comments of a run's steps on the patch set it tested. Gerrit is asked only when a step has any. */
export async function readRunComments(workflow: ArgoWorkflow, target: Target, files: PatchSetFiles): Promise<Sorted> {
  const said = parseStepComments(workflow);
  if (said.comments.length === 0) {
    const { malformed, unreadable } = said;
    return { comments: [], leftOut: { ...NOTHING_LEFT_OUT, malformed, unreadable } };
  }
  const onFiles = keepOnFiles(said, await files.paths(target));
  const paths = onFiles.comments.flatMap(({ line, path }) => (line === undefined ? [] : path));
  return keepOnLines(onFiles, await files.lines(target, [...new Set(paths)]));
}
