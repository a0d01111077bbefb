import { whyPath } from '../../core/permalink';
import { isOpen, type PipelineAnswer, type WhyAnswer, type WhyOutcome } from '../shared/why/model-answer';
import { renderOutcome } from '../shared/why/render-outcome';
import { type Html, html } from './render-html';
import { changeUrl, type PageOptions, page } from './render-page';

/** The page that says of a change, or of one patch set, what became of it in each pipeline. */
export function renderWhyPage(answer: WhyAnswer, options: PageOptions): string {
  const { change, patchSets, project } = answer;
  const [only, ...others] = patchSets;
  const one = only !== undefined && others.length === 0 ? only.patchSet : undefined;
  const words = one === undefined ? `${change}` : `${change},${one}`;
  const url = changeUrl(options, project, change, one);
  return page(
    `Why: ${words} · ${project}`,
    html`<h1>Why did ${words} run what it ran?</h1>
<dl>
  <dt>Project</dt><dd>${project}</dd>
  <dt>Change</dt><dd>${url === undefined ? words : html`<a href="${url}">${words}</a>`}</dd>
</dl>
${patchSets.map(({ patchSet, pipelines }) => patchSetSection(change, patchSet, pipelines))}`,
    isOpen(answer),
  );
}

function patchSetSection(change: number, patchSet: number, pipelines: readonly PipelineAnswer[]): Html {
  return html`<h2><a href="${whyPath(change, patchSet)}">Patch set ${patchSet}</a></h2>
<table>
<thead><tr><th scope="col">Pipeline</th><th scope="col">What became of it</th></tr></thead>
<tbody>${pipelines.map(
    ({ pipeline, outcomes }) => html`<tr>
  <th scope="row">${pipeline}</th>
  <td>${outcomes.map((outcome) => outcomeLine(pipeline, outcome))}</td>
</tr>`,
  )}</tbody>
</table>`;
}

function outcomeLine(pipeline: string, outcome: WhyOutcome): Html {
  const { before, run, after } = renderOutcome(pipeline, outcome);
  return html`<p>${before}${run === undefined ? undefined : html`<a href="${run.path}">${run.name}</a>`}${after}</p>`;
}
