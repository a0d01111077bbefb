import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GerritEvent } from '../../../core/gerrit-event';
import { decideFilter } from '../../../services/shared/filter/decide-filter';
import { decideUnmet } from '../../../services/shared/filter/decide-unmet';
import { type GerritFacts, membershipKey, type StandingVote } from '../../../services/shared/filter/model-facts';
import { planFilter } from '../../../services/shared/filter/plan-filters';
import { readStack } from '../../../stacks/config/stack-file';

const ROOT = join(__dirname, '..', '..', '..');
const { config } = readStack('ci', (path) => readFileSync(join(ROOT, path), 'utf8'));
const found = config.pipelines.find(({ name }) => name === 'check-outsiders');
if (found === undefined) throw new Error('the example of docs/how-to/outsiders.md is not in stack ci');
const filter = planFilter(found);

const INSIDER = { username: 'insider' };
const OUTSIDER = { username: 'outsider' };
const isIn = (username: string, is: boolean) => ({
  [membershipKey({ by: 'username', name: username }, 'Trusted-Contributors')]: is,
});
const facts = (votes: readonly StandingVote[] = []): GerritFacts => ({
  memberships: { ...isIn('insider', true), ...isIn('outsider', false) },
  votes,
});
type Who = typeof INSIDER;
const of = (uploader: Who, more: Partial<GerritEvent>): GerritEvent => ({
  type: 'patchset-created',
  change: { project: 'mediawiki/core', branch: 'master', number: 1 },
  patchSet: { number: 1, revision: 'a'.repeat(40), ref: 'refs/changes/01/1/1', uploader },
  ...more,
});
const pushed = (uploader: Who) => of(uploader, {});
const said = (uploader: Who, author: Who, text: string, vote?: number) =>
  of(uploader, {
    type: 'comment-added',
    author,
    comment: `Patch Set 1:\n\n${text}`,
    votes: vote === undefined ? [] : [{ label: 'Code-Review', value: vote }],
  });
const approval = (by: Who): StandingVote => ({ label: 'Code-Review', value: 1, by, at: 0 });

test.each<[string, GerritEvent, readonly StandingVote[], 'pass' | 'no']>([
  ["an insider's patch set runs", pushed(INSIDER), [], 'pass'],
  ["an outsider's does not", pushed(OUTSIDER), [], 'no'],
  ['until an insider says so', said(OUTSIDER, INSIDER, 'ok-to-test'), [], 'pass'],
  ['or approves', said(OUTSIDER, INSIDER, 'Nice', 1), [], 'pass'],
  ['and not when an insider only talks', said(OUTSIDER, INSIDER, 'Nice'), [], 'no'],
  ['nor when an insider disapproves', said(OUTSIDER, INSIDER, 'Not nice', -1), [], 'no'],
  ['nor when the outsider says so', said(OUTSIDER, OUTSIDER, 'ok-to-test'), [], 'no'],
  ['or approves', said(OUTSIDER, OUTSIDER, 'Nice', 1), [], 'no'],
  ['or asks for it again', said(OUTSIDER, OUTSIDER, 'recheck'), [], 'no'],
  ['unless an insider has approved this patch set', said(OUTSIDER, OUTSIDER, 'recheck'), [approval(INSIDER)], 'pass'],
  ['and not by their own vote', said(OUTSIDER, OUTSIDER, 'recheck'), [approval(OUTSIDER)], 'no'],
  ["an outsider may have an insider's run again", said(INSIDER, OUTSIDER, 'recheck'), [], 'pass'],
  ["an insider may have an outsider's run again", said(OUTSIDER, INSIDER, 'recheck'), [], 'pass'],
])('%s', (_what, event, votes, expected) => {
  expect(decideFilter(filter, { event, facts: facts(votes), now: 1 }).kind).toBe(expected);
});

test('the author of a patch set that waits is told what has to happen, and nobody else is told anything', () => {
  const unmet = (event: GerritEvent) => decideUnmet(filter, { event, facts: facts(), now: 1 });

  expect(unmet(pushed(OUTSIDER))).toMatchObject({ kind: 'said', text: expect.stringContaining("'ok-to-test'") });
  expect(unmet(said(OUTSIDER, OUTSIDER, 'recheck'))).toEqual({ kind: 'unsaid' });
});
