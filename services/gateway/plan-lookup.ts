import type { GerritEvent } from '../../core/gerrit-event';
import type { ChangeOption } from '../shared/gerrit-client';
import type { ChangeInfo } from '../shared/gerrit-schema';

/** What a change must be read with to find what events left in it. */
export function lookupOptions(events: readonly GerritEvent[]): ChangeOption[] {
  const lackPatchSet = events.some(({ patchSet }) => patchSet === undefined);
  const areReviewers = events.some(({ type }) => type === 'reviewer-added');
  return [
    'MESSAGES',
    'DETAILED_ACCOUNTS',
    ...(lackPatchSet ? (['ALL_REVISIONS'] as const) : []),
    ...(areReviewers ? (['REVIEWER_UPDATES'] as const) : []),
  ];
}

/** Whether a change was read as it was when an event told of it, or later. */
export const isUpToDate = (info: Pick<ChangeInfo, 'updated'>, { change }: GerritEvent): boolean =>
  change?.lastUpdated !== undefined && Date.parse(info.updated) >= change.lastUpdated * 1000;
