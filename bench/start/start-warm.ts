import { join } from 'node:path';
import { alternate } from '../alternate';
import { type Benchmark, compare } from '../measurement';
import { timeCommand } from '../time-command';

const REPETITIONS = 3;
const PEER = 'the same cluster and Gerrit, empty, without Seakeeper';
const FRESH_START = ['npm', 'start', '--', '--fresh'];
const BARE_START = ['npx', 'tsx', join(__dirname, 'start-bare.ts')];
const STOP = ['npm', 'run', '--silent', 'stop'];

/**
 * A start on an empty cluster and an empty Gerrit with everything built, to the demo's vote. Stops and empties the
 * local cluster: nobody else may use it meanwhile.
 */
export const startWarm: Benchmark = {
  names: {
    'start.warm': `s from \`npm start -- --fresh\` with everything built to the demo's vote, beside ${PEER}: until its node is Ready and Gerrit is seeded. Empties the local cluster`,
  },
  run: async (progress) => {
    const afterStop = (command: readonly string[]) => async () => {
      await timeCommand(STOP);
      return timeCommand(command);
    };
    const sides = { ours: afterStop(FRESH_START), peer: afterStop(BARE_START) };
    const samples = await alternate(REPETITIONS, sides, progress);
    return [compare({ name: 'start.warm', unit: 's', peer: PEER }, samples, 0.5)];
  },
};
