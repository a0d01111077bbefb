import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { alternate } from '../alternate';
import { type Benchmark, compare } from '../measurement';
import { timeCommand } from '../time-command';
import { makeQuotaChange, type QuotaChange } from './quota-change';

const REPETITIONS = 3;
const PEER = '`npm run render` of both revisions in turn, then `git diff --no-index --stat` of the two folders';

/**
 * A change of one quota over all projects of stack `ci`, as a command takes it: from its start to the review. The peer is
 * what one would do by hand; it runs the change's own program with the job's rights, and judges nothing.
 */
export const reviewCi: Benchmark = {
  names: { 'review.ci': `s for \`npm run review -- --stack ci --base REV\`, one quota changed, beside ${PEER}` },
  run: async (progress) => {
    const change = makeQuotaChange();
    try {
      const sides = { ours: () => review(change), peer: () => renderAndDiff(change) };
      const seconds = await alternate(REPETITIONS, sides, progress);
      return [compare({ name: 'review.ci', unit: 's', peer: PEER }, seconds, 0.5)];
    } finally {
      change.remove();
    }
  },
};

const npm = (folder: string, ...args: string[]): string[] => ['npm', '--prefix', folder, 'run', '--silent', ...args];

const review = ({ folder, base, head }: QuotaChange): Promise<number> =>
  timeCommand(npm(folder, 'review', '--', '--stack', 'ci', '--base', base, '--head', head));

async function renderAndDiff({ folder, base, head, checkout }: QuotaChange): Promise<number> {
  let seconds = 0;
  const outs: string[] = [];
  for (const revision of [base, head]) {
    checkout(revision);
    const out = join(folder, 'dist', revision);
    rmSync(out, { recursive: true, force: true });
    outs.push(out);
    seconds += await timeCommand(npm(folder, 'render', '--', '--stack', 'ci', '--out', out));
  }
  // 1: they differ.
  return seconds + (await timeCommand(['git', 'diff', '--no-index', '--stat', ...outs], [0, 1]));
}
