import { z } from 'zod';
import { oneOrMore } from './one-or-more';
import { TextPatterns } from './text-pattern';

/** Who somebody must be. All that is given must hold. */
export const PersonMatcher = z
  .strictObject({
    username: TextPatterns.optional().describe('User name in Gerrit.'),
    email: TextPatterns.optional().describe('Preferred address; of an author, what the commit says.'),
    name: TextPatterns.optional().describe('Full name.'),
    group: oneOrMore(z.string().min(1))
      .optional()
      .describe('Group of Gerrit, by name or UUID, or several of which any will do; members of groups in it count.'),
  })
  .refine((person) => Object.keys(person).length > 0, 'names nobody; say at least one of username, email, name, group')
  .meta({ id: 'person' });
export type PersonMatcher = z.infer<typeof PersonMatcher>;

/** How a patch set differs from the one before, as Gerrit sees it. */
export const PATCH_SET_KINDS = [
  'REWORK',
  'TRIVIAL_REBASE',
  'TRIVIAL_REBASE_WITH_MESSAGE_UPDATE',
  'MERGE_FIRST_PARENT_UPDATE',
  'NO_CODE_CHANGE',
  'NO_CHANGE',
] as const;

const label = z.string().min(1).describe('Label of Gerrit, such as Code-Review.');
const value = oneOrMore(z.int()).describe('The vote, exactly; of a list, any.');

/** A vote that an event casts. */
export const CastApproval = z.strictObject({ label, value });
export type CastApproval = z.infer<typeof CastApproval>;

/** A vote that stands on the patch set, whoever cast it and whenever. All that is given must hold of one vote. */
export const StandingApproval = z.strictObject({
  label,
  value,
  by: PersonMatcher.optional().describe('Who must have cast it.'),
  olderThanSeconds: z.number().positive().optional().describe('It must have stood for longer.'),
  newerThanSeconds: z.number().positive().optional().describe('It must have been cast since.'),
});
export type StandingApproval = z.infer<typeof StandingApproval>;

/** What can be said of a change, its patch set or a ref, whatever happened to it. */
const OF_ANY = {
  project: TextPatterns.optional().describe('The project.'),
  branch: TextPatterns.optional().describe(
    'Target branch, without `refs/heads/`; `refs/meta/config` for changes to it, which a trigger without this condition never sees.',
  ),
  ref: TextPatterns.optional().describe('ref-updated: full name of the ref.'),
  tag: TextPatterns.optional().describe('ref-updated: name of the tag, without `refs/tags/`.'),
  topic: TextPatterns.optional().describe('Topic the change has now.'),
  hashtag: TextPatterns.optional().describe('A hashtag the change has now.'),
  file: TextPatterns.optional().describe(
    'A file that the patch set touches; one that was moved counts under both names.',
  ),
  commitMessage: TextPatterns.optional().describe('Commit message of the patch set.'),
  uploader: PersonMatcher.optional().describe('Who uploaded the patch set.'),
  author: PersonMatcher.optional().describe(
    'Who wrote the commit, as it says itself: no proof, where authors may be forged.',
  ),
  kind: oneOrMore(z.enum(PATCH_SET_KINDS))
    .optional()
    .describe('How the patch set differs from the one before, or several of which any will do.'),
  wip: z.boolean().optional().describe('Whether the change is work in progress now.'),
  private: z
    .boolean()
    .optional()
    .describe('Whether the change is private now. True starts nothing: private changes are run by no pipeline.'),
};

/** Conditions that say which files must not be there; in `reject` they would say it twice. */
const OF_FILES_NOT_WANTED = {
  forbiddenFile: TextPatterns.optional().describe('No file that the patch set touches may match.'),
  irrelevantFile: TextPatterns.optional().describe('Not all files that the patch set touches may match.'),
};

/** Every condition that does not depend on what happened, in the order they are explained. */
export const CHANGE_CONDITIONS = { ...OF_ANY, ...OF_FILES_NOT_WANTED };

const approval = oneOrMore(StandingApproval).optional();
const notEmpty = 'says nothing; leave it out, or give it a condition';
const hasAny = (conditions: object): boolean => Object.keys(conditions).length > 0;

/** What must hold: all of it. */
export const Requirement = z
  .strictObject({
    ...CHANGE_CONDITIONS,
    approval: approval.describe('A vote that must stand now on the patch set; of a list, each.'),
  })
  .refine(hasAny, notEmpty)
  .meta({ id: 'requirement' });
export type Requirement = z.infer<typeof Requirement>;

/** What must not hold: none of it. */
export const Rejection = z
  .strictObject({
    ...OF_ANY,
    approval: approval.describe('A vote that must not stand now on the patch set; of a list, none.'),
  })
  .refine(hasAny, notEmpty)
  .meta({ id: 'rejection' });
export type Rejection = z.infer<typeof Rejection>;
