import { isFinished } from '../../../core/argo-workflow';
import { cursorViolations, readDisk, violationsAtRest } from './invariants';
import { MOST_RUN_MS, reportedAs } from './model-kube';
import { perform, type Schedule } from './schedule';
import { readCounters, visibilityViolations } from './visibility';
import { World } from './world';

/** Within this, all must be decided and reported once nothing goes wrong any more. */
const RECOVERY_MS = 15 * 60_000;
/** The same where Gerrit's index lost something: until it has it again, and until a day is read back after that. */
const RECOVERY_OF_INDEX_MS = 2 * 3_600_000;
/** Then it must stay so: as long as the longest wait before something is sent again, and a little. */
const REST_MS = 70_000;
/** A run that has ended is looked at, its log read and its report posted within this. */
const MOST_AFTER_RUN_MS = 7_000;
/** Longest that the disk takes for a write and its sync. */
const MOST_SYNC_MS = 10;

/** Runs a schedule from a first start to rest; resolves to what was not as it must be. */
export async function runSchedule(schedule: Schedule, alter?: (world: World) => void): Promise<string[]> {
  const world = new World(schedule.seed, alter);
  world.gerrit.eventsLog.mode = schedule.log;
  const before = await readCounters();
  const uninstall = world.clock.install(world.random.next);
  try {
    world.start();
    // What happens before the very first start is no event to us, and it has begun when its cursor is on disk.
    await world.clock.advanceUntil(() => readDisk(world.disk).some(({ kind }) => kind === 'cursor'), 60_000);
    await world.clock.advance(MOST_SYNC_MS);
    const violations: string[] = [];
    let crashes = 0;
    for (const { afterMs, deed } of schedule.steps) {
      await world.clock.advance(afterMs);
      perform(world, deed);
      if (world.crashes.length !== crashes) {
        crashes = world.crashes.length;
        violations.push(...cursorViolations(world));
      }
    }
    // What was begun goes on, and so does what goes wrong with it.
    await world.clock.advance(MOST_RUN_MS + MOST_AFTER_RUN_MS);
    heal(world);
    const rested = await comeToRest(world);
    violations.push(...violationsAtRest(world), ...(await visibilityViolations(world, before)));
    return [...(rested ? [] : ['not at rest']), ...new Set(violations)];
  } finally {
    world.stop();
    uninstall();
  }
}

/** Nothing more goes wrong; who is down still comes up by himself. */
function heal({ medium, links, bus, gerrit, disk }: World): void {
  medium.crashPoints.length = 0;
  for (const link of Object.values(links)) {
    link.isDown = false;
    link.losesAnswers = 0;
  }
  Object.assign(bus, { loses: 0, doubles: 0, delays: 0 });
  Object.assign(gerrit, { drops: 0, repeats: 0, swaps: false });
  disk.isBroken = false;
}

/**
 * Lets time pass until all is decided and reported, and stays so; resolves to whether it came to that. What we say last
 * ourselves is news once more, when it comes from a slow log.
 */
export async function comeToRest(world: World): Promise<boolean> {
  const end = world.clock.now + (world.gerrit.deaths > 0 ? RECOVERY_OF_INDEX_MS : RECOVERY_MS);
  for (;;) {
    while (!isAtRest(world)) {
      if (world.clock.now > end) {
        return false;
      }
      await world.clock.advance(1_000);
    }
    await world.clock.advance(REST_MS);
    if (isAtRest(world)) {
      return true;
    }
  }
}

function isAtRest({ areAllUp, core, gerrit, kube }: World): boolean {
  return (
    areAllUp &&
    core !== undefined &&
    gerrit.truth.every(({ key }) => core.ledger.knows(key)) &&
    gerrit.eventsLog.isQuiet &&
    core.ledger.openRaws().length === 0 &&
    [...core.ledger.undecided()].length === 0 &&
    [...kube.workflows.values()].every((run) => isFinished(run.status.phase) && reportedAs(run) !== undefined)
  );
}
