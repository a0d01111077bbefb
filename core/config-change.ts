import { z } from 'zod';
import { type GerritEvent, projectOfEvent } from './gerrit-event';

/** The ref that holds a project's definitions, its access rights and its state. */
export const CONFIG_REF = 'refs/meta/config';

/** `refs/meta/config` of a project moved: one line of the ledger's feed of such moves. `seq` grows and has no meaning else. */
export const ConfigChange = z.strictObject({
  seq: z.int().min(1),
  /** Key of the event that said so. */
  key: z.string(),
  project: z.string(),
  /** Commits before and after; forty zeros where there is none. A merged change's event says the new one only. */
  oldRevision: z.string().optional(),
  revision: z.string(),
  /** User name, or the address of an account without one, of who pushed or submitted it. */
  submitter: z.string().optional(),
  at: z.iso.datetime(),
});
export type ConfigChange = z.infer<typeof ConfigChange>;

/**
 * The move of `refs/meta/config` that an event tells of; undefined for any other event. A new project, a new state and
 * a submitted change each come with a `ref-updated` of their own, so no other event has to be looked at for them;
 * `change-merged` is taken beside it because REST finds it again when the stream was down.
 */
export function configMoveOf(event: GerritEvent): Omit<ConfigChange, 'seq' | 'key' | 'at'> | undefined {
  const project = projectOfEvent(event);
  if (project === undefined) {
    return undefined;
  }
  const who = event.submitter?.username ?? event.submitter?.email;
  const submitter = who === undefined ? {} : { submitter: who };
  if (event.type === 'ref-updated' && event.refUpdate?.refName === CONFIG_REF) {
    const { oldRev: oldRevision, newRev: revision } = event.refUpdate;
    return { project, oldRevision, revision, ...submitter };
  }
  if (event.type === 'change-merged' && event.change?.branch === CONFIG_REF && event.patchSet !== undefined) {
    return { project, revision: event.patchSet.revision, ...submitter };
  }
  return undefined;
}
