import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../core/kube-object';
import { namespaceForProject } from '../../core/project-name';
import { type Benchmark, compare, type Measurement } from '../measurement';
import { applyObjects, type ControlPlane, startControlPlane } from '../provision/control-plane';
import { cpuSecondsOf, memoryOf } from '../provision/process-usage';
import { scaleObjects } from '../provision/scale-objects';
import { scaleSize } from '../provision/scale-size';
import { inputsOfSize } from '../render/bench-inputs';
import { startController } from './controller';
import { createRun, openQuota, timeRun, untilPod } from './nodeless-run';

/** Today's active projects; the most there are to be is `scaleSize`. */
const TODAY = 2_199;
const ROUNDS = 3;
const RUNS_A_ROUND = 10;
const IDLE_SECONDS = 20;
const FIGURES = {
  memory: { unit: 'MiB', says: 'MiB that the workflow-controller holds after its start' },
  start: { unit: 's', says: 's from its start to the pod of a Workflow that was waiting' },
  'start.cpu': { unit: 's', says: 's of processor its start and ten runs take' },
  idle: { unit: 'share', says: 'of a processor it uses with nothing to do' },
  pod: { unit: 'ms', says: "ms p50 from a Workflow's creation to its pod" },
  end: { unit: 'ms', says: "ms p50 from the pod's end to the Workflow's" },
} as const;
type Figure = keyof typeof FIGURES;
type Samples = Record<Figure, number[]>;

const figures = Object.keys(FIGURES) as Figure[];

/**
 * What Argo's controller makes of many namespaces, each with all that a project has and no run: three control planes
 * are up at once, and the controller is started on each in turn.
 */
export const argoController: Benchmark = {
  names: Object.fromEntries(
    figures.flatMap((figure) =>
      ['2199', '10000'].map((size) => [
        `argo.${figure}.${size}`,
        `${FIGURES[figure].says}, at ${size} namespaces beside 1`,
      ]),
    ),
  ),
  run: async (progress) => {
    const sizes = { one: 1, today: TODAY, most: scaleSize(10_000) };
    const planes: Partial<Record<keyof typeof sizes, ControlPlane>> = {};
    const samples = { one: noSamples(), today: noSamples(), most: noSamples() };
    try {
      for (const key of ['one', 'today', 'most'] as const) {
        planes[key] = await startPlane(sizes[key]);
        progress(`${sizes[key]} projects are there`);
      }
      for (let round = 1; round <= ROUNDS; round++) {
        for (const key of ['one', 'today', 'most'] as const) {
          const plane = planes[key];
          if (plane === undefined) continue;
          await sample(plane, samples[key]);
          const said = figures.map((figure) => `${figure} ${samples[key][figure].at(-1)?.toPrecision(3)}`);
          progress(`${sizes[key]} namespaces, ${round}/${ROUNDS}: ${said.join(', ')}`);
        }
      }
    } finally {
      for (const plane of Object.values(planes)) await plane.remove();
    }
    return [...measure('2199', samples.today, samples.one), ...measure('10000', samples.most, samples.one)];
  },
};

const noSamples = (): Samples => ({ memory: [], start: [], 'start.cpu': [], idle: [], pod: [], end: [] });

const namespaceOf = (project: number) => namespaceForProject(`bench/group-${project % 97}/project-${project}`);

async function startPlane(count: number): Promise<ControlPlane> {
  const stack = scaleObjects(inputsOfSize(count));
  const plane = await startControlPlane(stack);
  await applyObjects(plane, (): Iterable<KubeObject> => stack.objects());
  return plane;
}

/** One start of the controller, and what it does then. */
async function sample(plane: ControlPlane, into: Samples): Promise<void> {
  const { admin } = plane;
  const namespace = namespaceOf(0);
  await openQuota(admin, namespace);
  const waiting = await createRun(admin, namespace);
  const started = performance.now();
  const controller = await startController(plane);
  try {
    await untilPod(admin, namespace, waiting);
    into.start.push((performance.now() - started) / 1000);
    for (let run = 0; run < RUNS_A_ROUND; run++) {
      await openQuota(admin, namespace);
      const { podMs, endMs } = await timeRun(admin, namespace);
      into.pod.push(podMs);
      into.end.push(endMs);
    }
    const busy = cpuSecondsOf(controller.pid);
    into['start.cpu'].push(busy);
    await sleep(IDLE_SECONDS * 1000);
    into.idle.push((cpuSecondsOf(controller.pid) - busy) / IDLE_SECONDS);
    into.memory.push(memoryOf(controller.pid).rssMiB);
  } finally {
    await controller.stop();
  }
}

function measure(size: string, ours: Samples, peer: Samples): Measurement[] {
  return figures.map((figure) =>
    compare(
      { name: `argo.${figure}.${size}`, unit: FIGURES[figure].unit, peer: 'the same at 1 namespace' },
      { ours: ours[figure], peer: peer[figure] },
      0.5,
    ),
  );
}
