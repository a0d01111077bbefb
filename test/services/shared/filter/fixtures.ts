import type { GerritEvent } from '../../../../core/gerrit-event';
import { Pipelines } from '../../../../core/pipeline';
import type { ChangeFacts, GerritFacts, Subject } from '../../../../services/shared/filter/model-facts';
import { type PipelineFilter, planFilter } from '../../../../services/shared/filter/plan-filters';

export const SHA = 'a'.repeat(40);
export const NOW = Date.parse('2026-11-30T12:00:00Z');

/** A patch set's event with all that the stream says of it. */
export const created = (overrides: Partial<GerritEvent> = {}): GerritEvent => ({
  type: 'patchset-created',
  change: {
    project: 'mediawiki/core',
    branch: 'master',
    number: 1,
    commitMessage: 'Fix it\n\nBug: T1\nChange-Id: I1\n',
  },
  patchSet: {
    number: 2,
    revision: SHA,
    ref: 'refs/changes/01/1/2',
    kind: 'REWORK',
    uploader: { username: 'alice', email: 'alice@wiki.test', name: 'Alice' },
    author: { email: 'bob@wiki.test', name: 'Bob' },
  },
  ...overrides,
});

/** The same as REST says it: without commit message and author. */
export const recovered = (): GerritEvent => {
  const { change, patchSet, ...event } = created();
  const { commitMessage: _, ...bareChange } = change ?? { project: '', branch: '', number: 0 };
  const { author: __, ...barePatchSet } = patchSet ?? { number: 0, revision: '', ref: '' };
  return { ...event, change: bareChange, patchSet: barePatchSet, source: 'rest' };
};

export const commented = (text: string, overrides: Partial<GerritEvent> = {}): GerritEvent =>
  created({ type: 'comment-added', author: { username: 'carol' }, comment: `Patch Set 2:\n\n${text}`, ...overrides });

export const updated = (refName: string): GerritEvent => ({
  type: 'ref-updated',
  refUpdate: { project: 'mediawiki/core', refName, oldRev: SHA, newRev: SHA },
  submitter: { username: 'dave' },
});

export const change = (overrides: Partial<ChangeFacts> = {}): ChangeFacts => ({
  topic: undefined,
  hashtags: [],
  isWip: false,
  isPrivate: false,
  ...overrides,
});

export const subject = (event: GerritEvent, facts: GerritFacts = {}): Subject => ({ event, facts, now: NOW });

/** The filter of pipeline `check`, as it is written. */
export function filterOf(pipeline: object): PipelineFilter {
  const [parsed] = Pipelines.parse([{ name: 'check', ...pipeline }]);
  if (parsed === undefined) throw new Error('no pipeline');
  return planFilter(parsed);
}
