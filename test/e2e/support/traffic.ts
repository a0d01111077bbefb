import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { TransientError } from '../../../services/shared/errors';
import { Random } from '../../scenarios/event-path/random';
import type { System } from './system';

/** Shares of changes to which more happens than that they are made. */
const SHARE = { patchSet: 0.15, recheck: 0.1, talk: 0.1, abandoned: 0.05 };
const MOST_PAUSE_MS = 3_000;
const AGAIN_AFTER_MS = 500;
/** By then a Gerrit that is only killed now and then is back. */
const GIVE_UP_MS = 900_000;

const Created = z.object({ project: z.string(), _number: z.int(), subject: z.string(), change_id: z.string() });

export interface TrafficOptions {
  readonly gerrit: Pick<System['gerrit'], 'rest' | 'comment' | 'abandon' | 'restore'>;
  readonly projects: readonly string[];
  readonly changes: number;
  /** A change is begun every so often, if Gerrit can follow. */
  readonly everyMs: number;
  readonly seed: number;
}

/**
 * Makes changes, and to some of them newer patch sets, comments that start something and comments that do not, and
 * abandons and restores some. Whoever works on a Gerrit that comes and goes tries again, so there may be more than asked
 * for: what happened is for Gerrit to say.
 */
export async function makeTraffic({ gerrit, projects, changes, everyMs, seed }: TrafficOptions): Promise<void> {
  const random = new Random(seed);
  const stories: Promise<void>[] = [];
  const begin = Date.now();
  for (let index = 0; index < changes; index++) {
    await sleep(Math.max(0, begin + index * everyMs - Date.now()));
    const project = projects[index % projects.length] ?? '';
    stories.push(tell(gerrit, project, `Change ${index}`, random));
  }
  await Promise.all(stories);
}

async function tell(gerrit: TrafficOptions['gerrit'], project: string, subject: string, random: Random): Promise<void> {
  // Drawn at once, so that they follow from the seed however long Gerrit takes.
  const wants = Object.fromEntries(Object.entries(SHARE).map(([what, share]) => [what, random.chance(share)]));
  const pauses = [1, 2, 3, 4].map(() => random.between(0, MOST_PAUSE_MS));
  const pause = () => sleep(pauses.pop());
  const made = Created.parse(
    await insist(() => gerrit.rest('POST', '/changes/', { project, branch: 'master', subject })),
  );
  const change = { project, number: made._number };
  if (wants['talk']) {
    await pause();
    await insist(() => gerrit.comment(change, 'I would recheck this.'));
  }
  if (wants['patchSet']) {
    await pause();
    const message = `${subject}, said better\n\nChange-Id: ${made.change_id}\n`;
    await insist(() =>
      gerrit.rest('PUT', `/changes/${encodeURIComponent(project)}~${made._number}/message`, { message }),
    );
  }
  if (wants['recheck']) {
    await pause();
    await insist(() => gerrit.comment(change, 'recheck'));
  }
  if (wants['abandoned']) {
    await insist(() => gerrit.abandon(change));
    await pause();
    await insist(() => gerrit.restore(change));
  }
}

/**
 * Does something until Gerrit has done it. One that refuses what it was asked before has done it the first time. Rejects
 * with what Gerrit said when that takes too long, or when it refuses at once.
 */
export async function insist<Answer>(what: () => Promise<Answer>): Promise<Answer | undefined> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (let tries = 1; ; tries++) {
    try {
      return await what();
    } catch (error) {
      if (error instanceof TransientError && Date.now() < giveUpAt) {
        await sleep(AGAIN_AFTER_MS);
      } else if (tries > 1 && !(error instanceof TransientError)) {
        return undefined;
      } else {
        throw error;
      }
    }
  }
}
