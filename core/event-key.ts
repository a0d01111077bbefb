import type { GerritEvent } from './gerrit-event';

/**
 * Canonical key of an event: the same for the same event from the stream and from REST, different for any other.
 * Undefined for events that no pipeline can act on.
 *
 * | type | made of |
 * |---|---|
 * | patchset-created, change-merged | server, project, change, revision |
 * | change-deleted | server, project, change |
 * | ref-updated | server, project, ref, old and new revision |
 * | timer | server, project, ref, schedule, instant |
 * | timer-instant | server, schedule, instant |
 * | all others | server, project, change, change-message id |
 *
 * A change can be restored twice at the same revision, and the same words said twice in a second; Gerrit's stream
 * numbers neither, so they are told apart by the change message they left behind. A number is never given to another
 * change.
 */
export function eventKey(server: string, event: GerritEvent): string | undefined {
  const parts = keyParts(event);
  return parts === undefined ? undefined : [server, event.type, ...parts].map(encodeURIComponent).join(':');
}

function keyParts(event: GerritEvent): string[] | undefined {
  const { change, patchSet, refUpdate, timer } = event;
  switch (event.type) {
    case 'patchset-created':
    case 'change-merged':
      return change && patchSet ? [change.project, String(change.number), patchSet.revision] : undefined;
    case 'change-deleted':
      return change && [change.project, String(change.number)];
    case 'ref-updated':
      return refUpdate ? [refUpdate.project, refUpdate.refName, refUpdate.oldRev, refUpdate.newRev] : undefined;
    case 'timer':
      return refUpdate && timer && [refUpdate.project, refUpdate.refName, scheduleOf(timer), timer.at];
    case 'timer-instant':
      return timer && [scheduleOf(timer), timer.at];
    default:
      return change && event.messageId ? [change.project, String(change.number), event.messageId] : undefined;
  }
}

const scheduleOf = ({ time, jitterSeconds }: NonNullable<GerritEvent['timer']>): string => `${time} +${jitterSeconds}`;

/** What a key is about, whatever happened to it: the server, the project and the change or ref. */
export function subjectOfKey(key: string): string {
  const [server = '', , project = '', subject = ''] = key.split(':');
  return [server, project, subject].join(':');
}

/** Type of the event a key is of; empty when it is no key of ours. */
export function typeOfKey(key: string): string {
  const [, type = ''] = key.split(':');
  return type;
}

/** Project a key is about; undefined when it is no key of ours. */
export function projectOfKey(key: string): string | undefined {
  const [, , project] = key.split(':');
  return project === undefined ? undefined : decodeURIComponent(project);
}

/** Number of the change a key is about; undefined for a ref. A hint only: the event itself has the last word. */
export function changeOfKey(key: string): number | undefined {
  const [, type, , subject = ''] = key.split(':');
  return type !== 'ref-updated' && /^\d{1,10}$/.test(subject) ? Number(subject) : undefined;
}
