import { contest, Rules } from './contest';
import { FAMILIES, generate } from './generator';

/**
 * A process that holds the contest on every n-th series of the seeds named: `contest-worker RULES FIRST STEP SEED…`, the
 * rules as JSON. A process and not a thread, since the ARIMA library prints its doubts to standard output, which is the
 * benchmark's.
 */
const [rulesText = '', ...numbers] = process.argv.slice(2);
const rules = Rules.parse(JSON.parse(rulesText));
const [first = 0, step = 1, ...seeds] = numbers.map(Number);
const all = FAMILIES.flatMap((family) => seeds.map((seed) => ({ family, seed })));
for (let index = first; index < all.length; index += step) {
  const one = all[index];
  if (one !== undefined) {
    process.send?.(contest(generate(one.family, one.seed), rules));
  }
}
