import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ServiceAccounts } from '../../../core/access';
import { Annotation, Label } from '../../../core/labels';
import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { Lease } from '../../../services/shared/leader-election/lease';
import { oneStep } from '../support/definitions';
import { kubectl } from '../support/kubectl';
import { openLedger } from '../support/ledger';
import { counterOf } from '../support/service-metrics';
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
import { until } from '../support/until';

jest.setTimeout(1_800_000);

const CHANGES = process.env['SEAKEEPER_LONG'] === undefined ? 20 : 200;
const PUSHERS = 2;
/** What has been decided by the time at which the leader goes, so that there is something to lose. */
const BEFORE = 4;
const SETTLE_MS = 5_000;
const NAMESPACE = ServiceAccounts.gateway.namespace;
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/${ServiceAccounts.gateway.name}`;
const Pods = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string(), uid: z.string() }) })) });
const Claim = z.object({ metadata: z.object({ uid: z.string() }) });

let system: System;
let project: string;

beforeAll(async () => {
  system = await runningSystem();
  ({ project } = await makeProject(system, 'takeover', oneStep(await localImage(system.kube, 'busybox'))));
  await isInStep(2);
}, 3_600_000);

afterAll(() => removeProject(system, project));

/** The one pod that the gateway's Service sends everybody to. */
async function leader(): Promise<{ name: string; uid: string } | undefined> {
  const selector = `labelSelector=${encodeURIComponent(`${Label.role}=leader`)}`;
  const { items } = Pods.parse(await system.kube.get(`/api/v1/namespaces/${NAMESPACE}/pods?${selector}`));
  return items.length === 1 ? items[0]?.metadata : undefined;
}

async function inStep(): Promise<string[]> {
  const { metadata } = Lease.parse(await system.kube.get(LEASE));
  return (metadata.annotations?.[Annotation.inStep] ?? '').split(',');
}

const isInStep = (count: number) =>
  until(`${count} replicas are in step`, async () => (await inStep()).length === count, 180_000);

async function claimOf(pod: string): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims/claim-${pod}`;
  return system.kube.get(path).then(
    (claim) => Claim.parse(claim).metadata.uid,
    () => undefined,
  );
}

async function push(count: number, from: number): Promise<PushedPatchSet[]> {
  const pushers = Array.from({ length: PUSHERS }, async (_value, pusher) => {
    const pushed: PushedPatchSet[] = [];
    for (let index = from + pusher; index < from + count; index += PUSHERS) {
      const files = { [`file-${index}.txt`]: `${index}\n` };
      pushed.push(await system.gerrit.pushChange({ project, subject: `Change ${index}`, files }));
    }
    return pushed;
  });
  return (await Promise.all(pushers)).flat();
}

/** The leader is given no time to hand over, and its volume is deleted with all that is on it. */
async function loseLeader(): Promise<{ name: string; uid: string }> {
  const lost = await until('one replica leads', async () => leader());
  const claim = await claimOf(lost.name);
  await kubectl(['delete', 'pvc', `claim-${lost.name}`, `--namespace=${NAMESPACE}`, '--wait=false']);
  await kubectl(['delete', 'pod', lost.name, `--namespace=${NAMESPACE}`, '--grace-period=0', '--force']);
  // A pod that came back before its claim was gone holds on to it: it goes too, until it has a new one.
  await until(
    'the volume is another one',
    async () => {
      const now = await claimOf(lost.name);
      if (now === claim) {
        await kubectl([
          'delete',
          'pod',
          lost.name,
          `--namespace=${NAMESPACE}`,
          '--grace-period=0',
          '--force',
          '--ignore-not-found',
        ]);
      }
      return now !== undefined && now !== claim;
    },
    120_000,
  );
  return lost;
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

test(`the leader and its volume are lost while ${CHANGES} changes are pushed: each gets one vote, and the new replica copies the ledger`, async () => {
  const before = await push(BEFORE, 0);
  const ledger = await openLedger();
  const decided = await Promise.all(before.map((change) => ledger.decisionsOn(change)));
  await ledger.close();

  const [during, lost] = await Promise.all([push(CHANGES, BEFORE), loseLeader()]);

  const successor = await until('another replica leads', async () => {
    const now = await leader();
    return now !== undefined && now.uid !== lost.uid && now;
  });
  expect(successor.name).not.toBe(lost.name);
  const changes = [...before, ...during];
  for (const change of changes) {
    await waitForReports(system, change, 1, 900_000);
  }
  // Long enough for a repeat to show.
  await sleep(SETTLE_MS);
  expect(await Promise.all(changes.map(outcomeOf))).toEqual(
    changes.map(({ number }) => ({ number, workflows: 1, reports: 1, votes: [1] })),
  );
  const after = await openLedger();
  for (const [index, change] of before.entries()) {
    expect(await after.decisionsOn(change)).toEqual(decided[index]);
  }
  await after.close();
  expect(await counterOf(system.kube, ServiceAccounts.gateway, 'gateway_unclean_takeovers_total')).toBe(0);

  await isInStep(2);
  await kubectl(['wait', '--for=condition=Ready', `pod/${lost.name}`, `--namespace=${NAMESPACE}`, '--timeout=120s']);
});

test('the replica that came back empty leads in its turn, and knows what was decided before it was there', async () => {
  const [change] = await push(1, 1_000);
  if (change === undefined) {
    throw new Error('no change was pushed');
  }
  await waitForReports(system, change);
  const first = await until('one replica leads', async () => leader());

  await kubectl(['delete', 'pod', first.name, `--namespace=${NAMESPACE}`]);

  await until('the other leads', async () => {
    const now = await leader();
    return now !== undefined && now.name !== first.name;
  });
  const ledger = await openLedger();
  expect(await ledger.decisionsOn(change)).toMatchObject([{ kind: 'spawned' }]);
  await ledger.close();
  expect(await outcomeOf(change)).toMatchObject({ workflows: 1, reports: 1 });
  await isInStep(2);
});
