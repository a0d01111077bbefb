import fc from 'fast-check';
import { describeFailure } from './replay';
import { runSchedule } from './run-schedule';
import { schedules } from './schedule';

const isLong = process.env['SEAKEEPER_LONG'] !== undefined;
/** Few in the unit tests, whose seed never changes; many, and others each time, in the long form. */
const numRuns = Number(process.env['SEAKEEPER_SCHEDULES'] ?? (isLong ? 10_000 : 60));
const seed = Number(process.env['SEAKEEPER_SEED'] ?? (isLong ? Date.now() % 2 ** 31 : 1));

// Everything between Gerrit's stream and the vote is ours and real; Gerrit, bus, API server, disk and time are models.
test(`over ${numRuns} schedules of crashes, losses, repeats and reordering nothing is lost, doubled or hidden (seed ${seed})`, async () => {
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const violations = await runSchedule(schedule);
    if (violations.length > 0) {
      throw new Error(violations.join('\n'));
    }
  });
  await fc.assert(property, {
    seed,
    numRuns,
    reporter: (run) => {
      if (run.failed) {
        throw new Error(describeFailure(run));
      }
    },
  });
}, 3_600_000);
