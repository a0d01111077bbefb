import { whyPath } from '../../core/permalink';
import type { RunModel, StepModel } from './model-run';
import { Html, html } from './render-html';
import { changeUrl, type PageOptions, page } from './render-page';

/** Last lines of a step's log, by pod. */
export type Tails = ReadonlyMap<string, string>;

/** The page of one run: what was tested, how it ended and why, each step with its log, and what it left. */
export function renderRunPage(run: RunModel, tails: Tails, options: PageOptions): string {
  const { pipeline, workflow } = run.address;
  return page(
    [`${pipeline}: ${phaseWords(run.phase)}`, run.project, whichOne(run)]
      .filter((part) => part !== undefined)
      .join(' · '),
    html`<h1>${pipeline} ${badge(run.phase)}</h1>
<dl>
  <dt>Run</dt><dd><code>${workflow}</code></dd>
  ${run.project === undefined ? undefined : html`<dt>Project</dt><dd>${run.project}</dd>`}
  ${whatWasTested(run, options)}
  ${run.startedAt === undefined ? undefined : html`<dt>Started</dt><dd>${time(run.startedAt)}</dd>`}
  ${run.seconds === undefined ? undefined : html`<dt>Took</dt><dd>${duration(run.seconds)}</dd>`}
</dl>
${whyItFailed(run)}
<h2>Steps</h2>
${run.steps.length === 0 ? noSteps(run) : stepTable(run.steps)}
${run.steps.map((step) => stepLog(step, tails.get(step.pod)))}
<h2>Artifacts</h2>
${
  run.artifacts.length === 0
    ? html`<p>None.</p>`
    : html`<ul>${run.artifacts.map(({ name, path }) => html`<li><a href="${path}" download>${name}</a></li>`)}</ul>`
}`,
    run.running,
  );
}

/** The front page: the newest runs of all public projects. */
export function renderIndexPage(runs: readonly RunModel[]): string {
  return page(
    'Runs',
    html`<h1>Runs</h1>
<p>Why a change ran something, or nothing: <code>/why/CHANGE</code> or <code>/why/CHANGE/PATCH-SET</code> of this site.</p>
${
  runs.length === 0
    ? html`<p>No run of a public project is kept at the moment.</p>`
    : html`<table>
<thead><tr><th scope="col">State</th><th scope="col">Run</th><th scope="col">Project</th><th scope="col">Started</th><th scope="col">Took</th></tr></thead>
<tbody>${runs.map(indexRow)}</tbody>
</table>`
}`,
    true,
  );
}

/** The page behind the link of the one comment that a refused definition gets. */
export function renderRejectionPage(pipeline: string, commit: string): string {
  return page(
    `${pipeline}: nothing ran`,
    html`<h1>${pipeline} <span class="phase error">Refused</span></h1>
<p>Nothing ran: the definition <code>seakeeper/${pipeline}.yaml</code> of <code>refs/meta/config</code> at commit
<code>${commit}</code> was refused. File, line and reason are in the comment on the change that led here.</p>
<p>Once a mended definition is merged, comment on the change to run the pipeline again.</p>`,
    false,
  );
}

/** A page for what cannot be shown. `message` says what and why. */
export function renderMessagePage(title: string, message: string): string {
  return page(title, html`<h1>${title}</h1><p>${message}</p><p><a href="/">All runs</a></p>`, false);
}

function whatWasTested({ change, ref, revision, project }: RunModel, options: PageOptions): Html {
  const commit = revision === undefined ? undefined : html`<dt>Commit</dt><dd><code>${revision}</code></dd>`;
  if (change === undefined) {
    return html`${ref === undefined ? undefined : html`<dt>Ref</dt><dd><code>${ref}</code></dd>`}${commit}`;
  }
  const words = `${change.number}, patch set ${change.patchSet}`;
  const why = html` · <a href="${whyPath(change.number, change.patchSet)}">why this, and what else</a>`;
  const url = project === undefined ? undefined : changeUrl(options, project, change.number, change.patchSet);
  const named = url === undefined ? words : html`<a href="${url}">${words}</a>`;
  return html`<dt>Change</dt><dd>${named}${why}</dd>${commit}`;
}

function whyItFailed(run: RunModel): Html {
  if (run.phase === 'Kept') {
    return run.steps.length === 0 && run.artifacts.length === 0
      ? html`<p>The run itself is no longer kept, and it left neither logs nor artifacts that are.</p>`
      : html`<p>The run itself is no longer kept; its logs and artifacts are.</p>`;
  }
  const failed = run.steps.filter((step) => step.failed);
  if (run.running || (failed.length === 0 && run.message === '')) {
    return html``;
  }
  const reasons = failed.map(
    ({ name, phase, message }) =>
      html`<p>Step <strong>${name}</strong> ${phase === 'Error' ? 'could not run' : 'failed'}: ${reasonWords(message)}</p>`,
  );
  return html`<section class="why" aria-label="Reason">
${run.message === '' ? undefined : html`<p>${run.message}</p>`}
${reasons}
</section>`;
}

/** Argo's words for a container that ended by itself, in plain ones; others as they are. */
const reasonWords = (message: string): string => message.replace(/^main: Error \((exit code \d+)\)$/, '$1');

const noSteps = ({ phase }: RunModel): Html =>
  html`<p>${phase === 'Kept' ? 'None is kept.' : 'No step has started.'}</p>`;

function stepTable(steps: readonly StepModel[]): Html {
  return html`<table>
<thead><tr><th scope="col">Step</th><th scope="col">State</th><th scope="col">Started</th><th scope="col">Took</th><th scope="col">Log</th></tr></thead>
<tbody>${steps.map(
    (step) => html`<tr>
  <th scope="row">${step.name}</th>
  <td>${step.phase === '' ? undefined : badge(step.phase)} ${step.failed ? undefined : step.message}</td>
  <td>${step.startedAt === undefined ? undefined : time(step.startedAt)}</td>
  <td>${step.seconds === undefined ? undefined : duration(step.seconds)}</td>
  <td>${step.logPath === undefined ? undefined : html`<a href="${step.logPath}">log of ${step.name}</a>`}</td>
</tr>`,
  )}</tbody>
</table>`;
}

/** A log is open when somebody will want to read it. */
function stepLog(step: StepModel, tail: string | undefined): Html {
  if (tail === undefined || step.logPath === undefined) {
    return html``;
  }
  const open = step.failed || !['Succeeded', ''].includes(step.phase) ? new Html(' open') : undefined;
  return html`<details${open}>
<summary>Log of ${step.name}</summary>
<pre tabindex="0">${tail}</pre>
<p><a href="${step.logPath}">Whole log</a></p>
</details>`;
}

function indexRow(run: RunModel): Html {
  const { pipeline } = run.address;
  return html`<tr>
  <td>${badge(run.phase)}</td>
  <th scope="row"><a href="${run.path}">${pipeline} ${whichOne(run)}</a></th>
  <td>${run.project}</td>
  <td>${run.startedAt === undefined ? undefined : time(run.startedAt)}</td>
  <td>${run.seconds === undefined ? undefined : duration(run.seconds)}</td>
</tr>`;
}

/** Change and patch set as people write them, or the ref. */
const whichOne = ({ change, ref }: RunModel): string | undefined =>
  change === undefined ? ref : `${change.number},${change.patchSet}`;

const phaseWords = (phase: RunModel['phase']): string => (phase === '' ? 'Waiting' : phase);

const badge = (phase: RunModel['phase']): Html =>
  html`<span class="phase ${phaseWords(phase).toLowerCase()}">${phaseWords(phase)}</span>`;

const time = (iso: string): Html => html`<time datetime="${iso}">${iso.replace('T', ' ').replace('Z', ' UTC')}</time>`;

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
