import { setTimeout as sleep } from 'node:timers/promises';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { oneStep } from '../support/definitions';
import { killProcesses } from '../support/kill-process';
import {
  localImage,
  makeProject,
  removeProject,
  reportsOn,
  runningSystem,
  type System,
  waitForReports,
  workflowsOf,
} from '../support/system';

jest.setTimeout(1_800_000);

const CHANGES = process.env['SEAKEEPER_LONG'] === undefined ? 50 : 500;
const PUSHERS = 4;
const VICTIMS = {
  gateway: /node \/app\/gateway\.js$/,
  trigger: /node \/app\/trigger\.js$/,
  reporter: /node \/app\/reporter\.js$/,
  NATS: /nats-server/,
} as const;
/** Time for a victim to come back before the next one is killed. */
const BETWEEN_KILLS_MS = 12_000;
const SETTLE_MS = 5_000;

let system: System;
let project: string;

beforeAll(async () => {
  system = await runningSystem();
  ({ project } = await makeProject(system, 'crashes', oneStep(await localImage(system.kube, 'busybox'))));
}, 3_600_000);

afterAll(() => removeProject(system, project));

test(`kill -9 of ${Object.keys(VICTIMS).join(', ')} in turn while ${CHANGES} changes are pushed loses none and repeats none`, async () => {
  const [changes] = await Promise.all([pushChanges(), killInTurn()]);

  for (const change of changes) {
    await waitForReports(system, change, 1, 900_000);
  }
  // Long enough for a repeat to show.
  await sleep(SETTLE_MS);

  const outcomes = await Promise.all(changes.map(outcomeOf));
  expect(outcomes).toEqual(changes.map(({ number }) => ({ number, workflows: 1, reports: 1, votes: [1] })));
});

async function pushChanges(): Promise<PushedPatchSet[]> {
  const pushers = Array.from({ length: PUSHERS }, async (_value, pusher) => {
    const pushed: PushedPatchSet[] = [];
    for (let index = pusher; index < CHANGES; index += PUSHERS) {
      const files = { [`file-${index}.txt`]: `${index}\n` };
      pushed.push(await system.gerrit.pushChange({ project, subject: `Change ${index}`, files }));
    }
    return pushed;
  });
  return (await Promise.all(pushers)).flat();
}

async function killInTurn(): Promise<void> {
  for (const command of Object.values(VICTIMS)) {
    await sleep(SETTLE_MS);
    killProcesses(command);
    await sleep(BETWEEN_KILLS_MS);
  }
}

async function outcomeOf(change: PushedPatchSet) {
  const [workflows, reports, votes] = await Promise.all([
    workflowsOf(system, change),
    reportsOn(system, change),
    system.gerrit.votes(change),
  ]);
  return {
    number: change.number,
    workflows: workflows.length,
    reports: reports.length,
    votes: votes.map(({ value }) => value),
  };
}
