import type { GerritEndpoint } from '../../core/service-config';
import {
  decideGrants,
  type GrantFacts,
  type GrantNeeds,
  type LabelFacts,
  type MissingGrant,
  type VoteRange,
} from './decide-grants';
import type { GerritClient } from './gerrit-client';

/** What is asked of Gerrit to find out what may be done there. */
export type GrantSource = Pick<GerritClient, 'groups' | 'capabilities' | 'isConfigVisible' | 'queryChanges'>;

/** Reads from the canary project what the client's account may do. Rejects as `GerritClient` does. */
export async function readGrantFacts(
  gerrit: GrantSource,
  { account, canaryProject }: Pick<GerritEndpoint, 'account' | 'canaryProject'>,
): Promise<GrantFacts> {
  const [groups, { streamEvents }, visible] = await Promise.all([
    gerrit.groups(),
    gerrit.capabilities(),
    gerrit.isConfigVisible(canaryProject),
  ]);
  return {
    account,
    canaryProject,
    groups,
    streamEvents,
    config: visible === undefined ? 'no-project' : visible ? 'readable' : 'not-readable',
    labels: visible === undefined ? undefined : await readLabels(gerrit, canaryProject),
  };
}

/** What is missing for a service's needs, with the exact lines that mend it. Rejects as `GerritClient` does. */
export async function checkGrants(
  gerrit: GrantSource,
  endpoint: Pick<GerritEndpoint, 'account' | 'canaryProject'>,
  needs: GrantNeeds,
): Promise<MissingGrant[]> {
  return decideGrants(needs, await readGrantFacts(gerrit, endpoint));
}

/**
 * Gerrit says which votes we may give only where we could give them: on an open change. It says there which labels the
 * project has too, and unlike the project's own list of them that needs no further permission.
 */
async function readLabels(gerrit: GrantSource, project: string): Promise<Record<string, LabelFacts> | undefined> {
  for await (const { labels = {}, permitted_labels } of gerrit.queryChanges(`project:"${project}" status:open`, [
    'DETAILED_LABELS',
  ])) {
    return Object.fromEntries(
      Object.entries(labels).map(([label, { values = {} }]) => [
        label,
        { defined: rangeOf(Object.keys(values)), permitted: rangeOf(permitted_labels?.[label] ?? []) },
      ]),
    );
  }
  return undefined;
}

/** Gerrit writes votes as `-1`, ` 0`, `+1`. */
function rangeOf(values: readonly string[]): VoteRange {
  const numbers = values.map((value) => Number.parseInt(value.trim(), 10));
  return { min: Math.min(0, ...numbers), max: Math.max(0, ...numbers) };
}
