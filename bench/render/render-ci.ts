import { alternate } from '../alternate';
import { type Benchmark, compare } from '../measurement';
import { timeCommand } from '../time-command';
import { inNewFolder, renderInChild, type Side } from './render-in-child';

const REPETITIONS = 3;
const PEER = 'stock cdk8s: App.synth of the same charts and a chart for each project';
const MIB = 2 ** 20;

/** Everything stack `ci` has in the cluster, as a command takes it: from its start to the last file. */
export const renderCi: Benchmark = {
  names: {
    'render.ci': `s for \`npm run render -- --stack ci --out FOLDER\`, beside ${PEER}`,
    'render.ci.memory': `MiB of the most memory its process has, beside ${PEER}`,
  },
  run: async (progress) => {
    const memory: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
    const timeChild = async (side: Side, peaks: number[]) => {
      const started = performance.now();
      peaks.push((await renderInChild(side, 'ci')).peakBytes / MIB);
      return (performance.now() - started) / 1000;
    };
    const timeRender = async () => {
      await timeChild('ours', memory.ours);
      const command = ['npm', 'run', '--silent', 'render', '--', '--stack', 'ci', '--out'];
      return inNewFolder((folder) => timeCommand([...command, folder]));
    };
    const sides = { ours: timeRender, peer: () => timeChild('stock', memory.peer) };
    const seconds = await alternate(REPETITIONS, sides, progress);
    return [
      compare({ name: 'render.ci', unit: 's', peer: PEER }, seconds, 0.5),
      compare({ name: 'render.ci.memory', unit: 'MiB', peer: PEER }, memory, 1),
    ];
  },
};
