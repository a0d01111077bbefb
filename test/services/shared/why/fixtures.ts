import type { ChangeHistory, EventHistory, PairHistory } from '../../../../core/change-history';
import type { Decision, Wait } from '../../../../core/decision';
import { Pipelines } from '../../../../core/pipeline';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
export const NAMESPACE = 'ci-demo-abcdefghij';

/** `check` for patch sets and rechecks, `post` for merges. */
export const PIPELINES = Pipelines.parse([
  { name: 'check', triggers: [{ event: 'patchset-created' }, { event: 'comment-added', comment: '^recheck$' }] },
  { name: 'post', trust: 'post-review', triggers: [{ event: 'change-merged' }] },
]);

export const WAIT: Wait = {
  since: '2025-11-23T10:00:00.000Z',
  limit: 'namespace-quota',
  resource: 'requests.cpu',
  used: '4',
  hard: '4',
  wanted: '500m',
  place: 3,
  of: 7,
  ahead: { check: 2 },
  precedence: 'check',
  raise: 'ServiceOps, as seakeeper:classes.default.executors in stack config',
};

export const spawned = (name: string): Decision => ({
  kind: 'spawned',
  workflow: { namespace: NAMESPACE, name, uid: `uid-${name}` },
  definitionCommit: COMMIT,
});

/** Handed on, with the latest decision if there is one. */
export const passed = (decision?: Decision): PairHistory => ({
  verdict: 'pass',
  objections: [],
  ...(decision === undefined ? {} : { latest: { at: '2025-11-23T10:00:01.000Z', decision } }),
});

export const unmatched = (...objections: string[]): PairHistory => ({ verdict: 'no-pipeline-match', objections });

let minutes = 0;

/** An event, later than those made before it. */
export function event(
  type: string,
  pairs: Record<string, PairHistory>,
  overrides: Partial<EventHistory> = {},
): EventHistory {
  minutes = (minutes + 1) % 60;
  const at = `2025-11-23T10:${String(minutes).padStart(2, '0')}:00.000Z`;
  return { key: `k${minutes}`, type, at, patchSet: 1, isPrivate: false, asksWhy: false, pairs, ...overrides };
}

export const history = (...events: EventHistory[]): ChangeHistory => ({
  project: 'demo',
  change: 7,
  events,
  omitted: 0,
});
