import { createHash } from 'node:crypto';
import { CronSchedule } from '../../core/cron-schedule';
import type { GerritEvent } from '../../core/gerrit-event';
import type { Pipeline } from '../../core/pipeline';
import { plainTexts } from '../../core/text-pattern';
import type { ProjectTips } from '../shared/list-tips';

/** A schedule that pipelines have, with the branches that any of them wants. */
export interface Timer {
  readonly time: string;
  readonly jitterSeconds: number;
  readonly schedule: CronSchedule;
  readonly branches: readonly string[];
}

/** What is to be done about a timer. Instants are milliseconds since 1970. */
export type TimerStep =
  /** All is told until then. */
  | { readonly kind: 'wait'; readonly until: number }
  /** Nothing is known of the timer: it counts from now on, and what came before is none of its. */
  | { readonly kind: 'begin'; readonly instant: number }
  | { readonly kind: 'tell'; readonly instant: number };

const DAY_MS = 86_400_000;
/** Instants looked back through for one that was told. */
const MOST_LOOKED_BACK = 2_000;

/** The different schedules of pipelines. */
export function timersOf(pipelines: readonly Pick<Pipeline, 'triggers'>[]): Timer[] {
  const timers = new Map<string, Timer>();
  for (const { time, jitterSeconds = 0, branch } of pipelines.flatMap(({ triggers }) => triggers)) {
    const schedule = time === undefined ? undefined : CronSchedule.parse(time);
    if (time !== undefined && schedule?.ok === true) {
      const name = JSON.stringify([time, jitterSeconds]);
      const branches = new Set([...(timers.get(name)?.branches ?? []), ...(plainTexts(branch) ?? [])]);
      timers.set(name, { time, jitterSeconds, schedule: schedule.value, branches: [...branches] });
    }
  }
  return [...timers.values()];
}

/**
 * What is to be done now. Of instants that were missed the last one is made up for, if an earlier one was told: a timer that is
 * new makes up for nothing.
 *
 * @param keptMs - how long it is known what was told
 */
export function planTimer(
  { schedule }: Pick<Timer, 'schedule'>,
  now: number,
  isTold: (instant: number) => boolean,
  keptMs: number,
): TimerStep {
  const last = schedule.last(now);
  if (last === undefined || isTold(last)) {
    return { kind: 'wait', until: schedule.next(now) ?? now + DAY_MS };
  }
  let earlier = schedule.last(last - 1);
  for (let looked = 0; looked < MOST_LOOKED_BACK; looked++) {
    if (earlier === undefined || earlier < now - keptMs) {
      break;
    }
    if (isTold(earlier)) {
      return { kind: 'tell', instant: last };
    }
    earlier = schedule.last(earlier - 1);
  }
  return { kind: 'begin', instant: last };
}

/** The events of an instant in a project: one for each of its branches that the timer is for. */
export function timerEvents(
  timer: Timer,
  instant: number,
  { name, tips }: Pick<ProjectTips, 'name' | 'tips'>,
): GerritEvent[] {
  return timer.branches.flatMap((branch): GerritEvent[] => {
    const refName = `refs/heads/${branch}`;
    const tip = tips[refName];
    return tip === undefined
      ? []
      : [
          {
            type: 'timer',
            source: 'clock',
            refUpdate: { project: name, refName, oldRev: tip, newRev: tip },
            timer: instantOf(timer, instant),
          },
        ];
  });
}

/** Says that all of an instant was told. */
export const toldEvent = (timer: Timer, instant: number): GerritEvent => ({
  type: 'timer-instant',
  source: 'clock',
  timer: instantOf(timer, instant),
});

/** When an event's turn is: each project and branch has its place within the jitter, the same every time. */
export function turnOf({ refUpdate, timer }: GerritEvent): number {
  const place =
    createHash('sha256').update(`${refUpdate?.project} ${refUpdate?.refName}`).digest().readUInt32BE() / 2 ** 32;
  return Date.parse(timer?.at ?? '') + Math.floor(place * (timer?.jitterSeconds ?? 0) * 1000);
}

const instantOf = ({ time, jitterSeconds }: Timer, instant: number): NonNullable<GerritEvent['timer']> => ({
  time,
  jitterSeconds,
  at: new Date(instant).toISOString(),
});
