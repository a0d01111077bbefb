/**
 * One rendering, `ours|stock|app-each ci|COUNT FOLDER`, in a process of its own, for the most memory a process had is known of the
 * whole of it. Prints a line of JSON: seconds from the plan to the last file, bytes of memory, and files.
 */
import { readdirSync } from 'node:fs';
import { App, Chart } from 'cdk8s';
import { writeFiles } from '../../cli/render/write-files';
import { STORE } from '../../constructs/artifacts-chart';
import { ProjectNamespace } from '../../constructs/project-namespace';
import { projectObjectName } from '../../core/project-name';
import { planStack } from '../../stacks/plan';
import type { StackInputs } from '../../stacks/release';
import { groupObjects } from '../../stacks/render/documents';
import { renderCluster } from '../../stacks/render/render-cluster';
import { ciInputs, inputsOfSize } from './bench-inputs';

const BYTES_PER_RSS_UNIT = 1024;

const ours = (inputs: StackInputs, folder: string): number =>
  writeFiles(groupObjects(renderCluster(inputs)), folder, 'yaml');

/** The same charts and a chart for each project in one App, as cdk8s is meant to be used. */
function stock(inputs: StackInputs, folder: string): number {
  // planStack makes the App, which takes its folder from here.
  process.env['CDK8S_OUTDIR'] = folder;
  const [first] = planStack(inputs);
  if (first === undefined) throw new Error('the stack has no charts');
  const app = App.of(first.chart);
  for (const { chart, props } of projectsOf(inputs)) new ProjectNamespace(new Chart(app, chart), 'Namespace', props);
  app.synth();
  return readdirSync(folder).length;
}

/** The same charts with an App for each project, and the system's charts in one: the least that avoids the quadratic. */
function appEach(inputs: StackInputs, folder: string): number {
  process.env['CDK8S_OUTDIR'] = folder;
  const [first] = planStack(inputs);
  if (first !== undefined) App.of(first.chart).synth();
  for (const { chart, props } of projectsOf(inputs)) {
    const app = new App();
    new ProjectNamespace(new Chart(app, chart), 'Namespace', props);
    app.synth();
  }
  return readdirSync(folder).length;
}

function* projectsOf({ config, requirement }: StackInputs) {
  for (const project of config.projects) {
    const projectClass = requirement.quotas[project.class];
    if (projectClass === undefined) throw new Error(`project ${project.gerritName} has no class`);
    const props = { project, projectClass, network: config.network, store: STORE };
    yield { chart: projectObjectName(project.gerritName), props };
  }
}

const SIDES = new Map(Object.entries({ ours, stock, 'app-each': appEach }));

function main([side = '', size = '', folder = '']: readonly string[]): void {
  const render = SIDES.get(side);
  if (render === undefined) throw new Error(`side is '${side}', allowed are ${[...SIDES.keys()].join(', ')}`);
  const inputs = size === 'ci' ? ciInputs() : inputsOfSize(Number(size));
  const started = performance.now();
  const files = render(inputs, folder);
  const seconds = (performance.now() - started) / 1000;
  const peakBytes = process.resourceUsage().maxRSS * BYTES_PER_RSS_UNIT;
  process.stdout.write(`${JSON.stringify({ seconds, peakBytes, files })}\n`);
}

main(process.argv.slice(2));
