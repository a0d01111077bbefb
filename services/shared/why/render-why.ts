import type { PipelineAnswer, WhyAnswer } from './model-answer';
import { plainLine, renderOutcome } from './render-outcome';

export interface WhyTextOptions {
  /** Only this pipeline, with everything that happened in it. */
  readonly pipeline?: string | undefined;
  /** Makes an address of a run's path; without it runs are named only. */
  readonly linkOf?: ((path: string) => string) | undefined;
}

/** The answer as text, ending in a line feed: patch sets, the newest first, a line for each pipeline. */
export function renderWhy({ project, change, patchSets }: WhyAnswer, options: WhyTextOptions = {}): string {
  const blocks = patchSets.map(({ patchSet, pipelines }) =>
    [`${project} ${change},${patchSet}`, ...renderPipelines(pipelines, options)].join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}

/** `check: ran as …`: the most telling of each pipeline, or all of the one that is asked about. */
export function renderPipelines(
  pipelines: readonly PipelineAnswer[],
  { pipeline: only, linkOf }: WhyTextOptions = {},
): string[] {
  return pipelines
    .filter(({ pipeline }) => only === undefined || pipeline === only)
    .flatMap(({ pipeline, outcomes }) => {
      const lines = outcomes.map((outcome) => `${pipeline}: ${plainLine(renderOutcome(pipeline, outcome), linkOf)}`);
      const [first = '', ...others] = lines;
      const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
      return only === undefined ? [first + more] : lines;
    });
}
