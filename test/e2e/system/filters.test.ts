import type { Decision } from '../../../core/decision';
import { demoDefinition, goodChange } from '../../../local/demo/demo-definition';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { type LedgerView, openLedger } from '../support/ledger';
import {
  finishedRuns,
  localImage,
  makeProject,
  removeProject,
  runningSystem,
  type System,
  workflowsOf,
} from '../support/system';

jest.setTimeout(300_000);

/** Pipeline of the local stack that only projects named `filters-…` can start. */
const FILE = 'seakeeper/filters.yaml';
const notMet = (condition: string): unknown => ({
  kind: 'filtered',
  reason: 'conditions-not-met',
  objections: [
    expect.stringMatching(
      new RegExp(`^${condition} does not fit, wanted .* \\(pipelines\\.filters\\..*${condition}\\)$`),
    ),
  ],
});
let system: System;
let ledger: LedgerView;
let project: string;

beforeAll(async () => {
  system = await runningSystem();
  ledger = await openLedger();
  ({ project } = await makeProject(system, 'filters'));
  await system.gerrit.pushDefinition(project, { [FILE]: demoDefinition(await localImage(system.kube, 'busybox')) });
}, 3_600_000);

afterAll(async () => {
  await ledger?.close();
  await removeProject(system, project);
  await system.gerrit.close();
});

const filtered = (says: string) => ({ ...goodChange(says), 'filtered/a.txt': says });

/** What became of a patch set in pipeline `filters`; for pipeline `check` the project has no definition. */
async function decisionOn(change: PushedPatchSet): Promise<Decision | undefined> {
  const decisions = await ledger.decisionsOn(change, 2);
  const isAbsent = (decision: Decision) => decision.kind === 'filtered' && decision.reason === 'no-definition';
  expect(decisions.filter(isAbsent)).toHaveLength(1);
  return decisions.find((decision) => !isAbsent(decision));
}

const setHashtags = ({ number }: PushedPatchSet, change: { add?: string[]; remove?: string[] }): Promise<unknown> =>
  system.gerrit.rest('POST', `/changes/${encodeURIComponent(project)}~${number}/hashtags`, change);

test('files and hashtags decide what runs, as Gerrit has them when it is decided', async () => {
  const elsewhere = await system.gerrit.pushChange({ project, subject: 'Elsewhere', files: goodChange('elsewhere') });
  expect(await decisionOn(elsewhere)).toEqual(notMet('file'));

  await setHashtags(elsewhere, { add: ['skip-ci'] });
  const skipped = await system.gerrit.pushPatchSet(elsewhere, filtered('skipped'));
  expect(await decisionOn(skipped)).toEqual(notMet('hashtag'));

  await setHashtags(elsewhere, { remove: ['skip-ci'] });
  const wanted = await system.gerrit.pushPatchSet(skipped, filtered('wanted'));
  expect(await decisionOn(wanted)).toMatchObject({ kind: 'spawned' });

  expect(await workflowsOf(system, elsewhere)).toEqual([]);
  expect(await workflowsOf(system, skipped)).toEqual([]);
});

test('a command runs with the arguments it wants, and with no others', async () => {
  const change = await system.gerrit.pushChange({ project, subject: 'On request', files: goodChange('on request') });
  expect(await decisionOn(change)).toEqual(notMet('file'));

  await system.gerrit.comment(change, 'check filters');
  await system.gerrit.comment(change, 'check filters tomorrow');
  await system.gerrit.comment(change, 'Please:\n\nCheck filters now');
  // The next comment's run comes after all that the ones before it could have started.
  expect(await finishedRuns(system, change, 1)).toHaveLength(1);
  await system.gerrit.comment(change, 'check filters again');

  expect(await finishedRuns(system, change, 2)).toHaveLength(2);
});
