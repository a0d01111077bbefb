import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { eventKey } from '../../../core/event-key';
import type { GerritEvent } from '../../../core/gerrit-event';
import { Annotation } from '../../../core/labels';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { tracesOf, typeOfTrace } from '../../../services/gateway/model-trace';
import { ChangeInfo } from '../../../services/shared/gerrit-schema';
import { oneStep } from '../support/definitions';
import { type LedgerView, openLedger } from '../support/ledger';
import { localImage, makeProject, removeProject, runningSystem, type System, workflowsOf } from '../support/system';
import { until } from '../support/until';

jest.setTimeout(600_000);

/** Pipeline of the local stack that runs on every kind of event, of projects of this name only. */
const PIPELINE = 'event-types';
/** Longer than until changes are read by REST again: what only that brings is there by then. */
const SWEPT_MS = 180_000;
const CHANGE = 'o=MESSAGES&o=REVIEWER_UPDATES&o=DETAILED_ACCOUNTS&o=ALL_REVISIONS';

let system: System;
let ledger: LedgerView;
let project: string;
let change: PushedPatchSet;
/** Account number of somebody who can be asked for a review. */
let reviewer: number;

beforeAll(async () => {
  system = await runningSystem();
  ledger = await openLedger();
  ({ project } = await makeProject(system, PIPELINE));
  const definition = oneStep(await localImage(system.kube, 'busybox'));
  await system.gerrit.pushDefinition(project, { [`seakeeper/${PIPELINE}.yaml`]: definition });
  change = await system.gerrit.pushChange({ project, subject: 'Of all kinds', files: { 'a.txt': 'a\n' } });
  const name = `reviewer-${randomBytes(4).toString('hex')}`;
  const made = await system.gerrit.rest('PUT', `/accounts/${name}`, { name, email: `${name}@example.com` });
  reviewer = z.object({ _account_id: z.number() }).parse(made)._account_id;
}, 3_600_000);

afterAll(async () => {
  await ledger?.close();
  if (project !== undefined) await removeProject(system, project);
  await system?.gerrit.close();
});

const on = (method: 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> =>
  system.gerrit.rest(method, `/changes/${encodeURIComponent(project)}~${change.number}${path}`, body);

/** What became in the pipeline of the change's events of a type, in the order they came. */
const decisionsOn = async (type: string) =>
  (await ledger.eventsOf(change))
    .filter((event) => event.type === type)
    .flatMap(({ key, pairs }) => {
      const decision = pairs[PIPELINE]?.latest?.decision;
      return decision === undefined || decision.kind === 'queued' ? [] : [{ key, decision }];
    });

/** Events of a type that started a run. */
const runsFor = async (type: string): Promise<number> =>
  (await decisionsOn(type)).filter(({ decision }) => decision.kind === 'spawned').length;

/** Does something to the change and waits for the run of its event, so that the next deed finds the change at rest. */
async function runsOn(type: string, deed: () => Promise<unknown>): Promise<void> {
  const before = await runsFor(type);
  await deed();
  await until(`a run on ${type}`, async () => (await runsFor(type)) > before);
}

test('each kind of event that Gerrit has starts its own run', async () => {
  await runsOn('topic-changed', () => on('PUT', '/topic', { topic: 'one' }));
  await runsOn('topic-changed', () => on('DELETE', '/topic'));
  await runsOn('hashtags-changed', () => on('POST', '/hashtags', { add: ['a', 'b'] }));
  await runsOn('hashtags-changed', () => on('POST', '/hashtags', { remove: ['a'] }));
  await runsOn('wip-state-changed', () => on('POST', '/wip', {}));
  await runsOn('wip-state-changed', () => on('POST', '/ready', {}));
  await runsOn('reviewer-added', () => on('POST', '/reviewers', { reviewer: String(reviewer) }));
  await runsOn('reviewer-deleted', () => on('DELETE', `/reviewers/${reviewer}`));
  await system.gerrit.comment(change, 'Good', { 'Code-Review': 1 });
  await runsOn('vote-deleted', () => on('DELETE', '/reviewers/self/votes/Code-Review'));
  // A private change is hidden from us: of the two it is the second that we hear, and of the first what a sweep finds.
  await on('POST', '/private', {});
  await runsOn('private-state-changed', () => on('DELETE', '/private'));
  await runsOn('change-abandoned', () => system.gerrit.abandon(change));
});

test('what Gerrit itself has written down, and nothing else, was decided, each once', async () => {
  const recorded = ChangeInfo.parse(
    await system.gerrit.rest('GET', `/changes/${encodeURIComponent(project)}~${change.number}/?${CHANGE}`),
  );
  const wanted = tracesOf(recorded).flatMap((trace) => {
    const type = typeOfTrace(trace);
    const event: GerritEvent = {
      type: type ?? '',
      change: { project, branch: 'master', number: change.number },
      messageId: trace.id,
    };
    return type === undefined ? [] : (eventKey('local', event) ?? '');
  });
  const types = ['topic', 'hashtags', 'wip-state', 'private-state'].map((name) => `${name}-changed`);
  const all = [...types, 'reviewer-added', 'reviewer-deleted', 'vote-deleted', 'change-abandoned'];

  const decided = await until(
    'decisions on all that Gerrit recorded',
    async () => {
      const found = (await Promise.all(all.map(decisionsOn))).flat();
      return found.length >= wanted.length && found;
    },
    SWEPT_MS,
  );

  expect(decided.map(({ key }) => key).sort()).toEqual(wanted.sort());
  const spawned = decided.filter(({ decision }) => decision.kind === 'spawned');
  const runs = (await workflowsOf(system, change)).map(({ metadata }) => metadata.annotations[Annotation.eventKey]);
  expect(runs.sort()).toEqual(spawned.map(({ key }) => key).sort());
});
