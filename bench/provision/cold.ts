import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureToolchain } from '../../local/toolchain/toolchain';
import { alternate } from '../alternate';
import { type Benchmark, compare } from '../measurement';
import { inputsOfSize } from '../render/bench-inputs';
import { timeCommand } from '../time-command';
import { bestWorkers } from './best-workers';
import { type ColdRun, coldObjects, runOurs, runRaw, startCold } from './cold-run';
import { scaleObjects } from './scale-objects';
import { scaleSize } from './scale-size';

const PAIRS = 3;
/** Projects by default: some twenty thousand objects, in which a rate settles. The long test makes 10,000 of them. */
const PROJECTS = 1_000;
/** Of kubectl, which makes some fifty a second, however many there are. */
const KUBECTL_PROJECTS = 100;
const CLIENT_GO = 'a raw loader in Go (client-go without client-side limits, server-side apply, the same objects)';

const KUBECTL = `\`kubectl apply --server-side\` of ${KUBECTL_PROJECTS} projects' objects, whose rate holds for any number`;

/**
 * Everything of so many projects from nothing, an etcd that syncs and a control plane of its own for each run. Our side
 * also says in each Project's status how it is, which is no object and is not counted.
 */
export const provisionCold: Benchmark = {
  names: {
    'provision.cold.raw': `objects/s from nothing, beside ${CLIENT_GO}`,
    'provision.cold.raw.client-cpu': 's of processor of the client in it',
    'provision.cold.raw.server-cpu': 's of processor of API server and etcd in it',
    'provision.cold.kubectl': `objects/s from nothing, beside ${KUBECTL}`,
  },
  run: async (progress) => {
    const count = scaleSize(PROJECTS);
    const stack = scaleObjects(inputsOfSize(count));
    const workers = await bestWorkers(progress);
    const runs: { ours: ColdRun[]; peer: ColdRun[] } = { ours: [], peer: [] };
    const kubectl: number[] = [];
    const timed = async (side: keyof typeof runs) => {
      const plane = await startCold(stack);
      try {
        const run = side === 'ours' ? await runOurs(plane, stack) : await runRaw(plane, stack, workers);
        runs[side].push(run);
        return run.objectsPerSecond;
      } finally {
        await plane.remove();
      }
    };
    const peer = async () => {
      kubectl.push(await timeKubectl());
      progress(`kubectl: ${kubectl.at(-1)?.toFixed(1)}`);
      return timed('peer');
    };
    const rates = await alternate(PAIRS, { ours: () => timed('ours'), peer }, progress);
    const said = `${CLIENT_GO}, ${workers} at once, ${count} projects`;
    const cpu = (of: 'clientCpu' | 'serverCpu') => ({
      ours: runs.ours.map((run) => run[of]),
      peer: runs.peer.map((run) => run[of]),
    });
    return [
      compare({ name: 'provision.cold.raw', unit: 'objects/s', peer: said }, rates, 0.5),
      compare({ name: 'provision.cold.raw.client-cpu', unit: 's', peer: said }, cpu('clientCpu'), 0.5),
      compare({ name: 'provision.cold.raw.server-cpu', unit: 's', peer: said }, cpu('serverCpu'), 0.5),
      compare(
        { name: 'provision.cold.kubectl', unit: 'objects/s', peer: KUBECTL },
        { ours: rates.ours, peer: kubectl },
        0.5,
      ),
    ];
  },
};

/** Objects a second of kubectl, its start included. */
async function timeKubectl(): Promise<number> {
  const stack = scaleObjects(inputsOfSize(KUBECTL_PROJECTS));
  const plane = await startCold(stack);
  try {
    const kubectl = (await ensureToolchain(['kubernetes'])).binary('kubectl');
    const file = join(plane.folder, 'objects.json');
    const items = [...coldObjects(stack)];
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), { mode: 0o600 });
    const seconds = await timeCommand([
      kubectl,
      ...[`--kubeconfig=${plane.server.kubeconfig}`, 'apply', '--server-side', '--force-conflicts'],
      ...['--field-manager=seakeeper-bench', `--filename=${file}`],
    ]);
    return items.length / seconds;
  } finally {
    await plane.remove();
  }
}
