import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ServiceAccounts } from '../../../core/access';
import { checkRecord } from '../support/check-record';
import { noStep } from '../support/definitions';
import { kubectl } from '../support/kubectl';
import { counterOf } from '../support/service-metrics';
import { localImage, makeProject, removeProject, runningSystem, type System, waitForReports } from '../support/system';
import { until } from '../support/until';

jest.setTimeout(900_000);

const NATS = ['--namespace=gerrit-gateway', 'statefulset/nats'];
const CHANGES = 20;
const OUTAGE_MS = 75_000;
/** A pair is sent again after 10, 20 and 40 s. */
const MOST_RESENDS_A_PAIR = 3;
/** An EventSource that comes back is sent what the one before it had, once each time. */
const MOST_STREAMS = 4;
/** The longest wait before something is sent again, and a little. */
const QUIET_MS = 70_000;

const { gateway } = ServiceAccounts;
const Created = z.object({ _number: z.int(), change_id: z.string() });

let system: System;
let project: string;

beforeAll(async () => {
  system = await runningSystem();
  ({ project } = await makeProject(system, 'bus-outage', noStep(await localImage(system.kube, 'busybox'))));
}, 3_600_000);

afterAll(async () => {
  await scaleBus(1);
  await removeProject(system, project);
  await system.gerrit.close();
});

const scaleBus = (replicas: number) => kubectl(['scale', ...NATS, `--replicas=${replicas}`]);
const counted = (counter: string) => counterOf(system.kube, gateway, counter, { pipeline: 'check' });

async function makeChange(subject: string): Promise<number> {
  const body = { project, branch: 'master', subject };
  const { _number: number, change_id } = Created.parse(await system.gerrit.rest('POST', '/changes/', body));
  if (number % 5 === 0) {
    // Its first patch set is then one of the past, of which the trigger has nothing to make.
    const message = `${subject}, said better\n\nChange-Id: ${change_id}\n`;
    await system.gerrit.rest('PUT', `/changes/${encodeURIComponent(project)}~${number}/message`, { message });
  }
  return number;
}

test('a minute without the bus does not flood it, and afterwards all is decided once and nothing sent again', async () => {
  await until('nothing is under way', async () => (await counted('gateway_undecided_pairs')) === 0);
  const before = { sends: await counted('gateway_sends_total'), resends: await counted('gateway_resends_total') };
  await scaleBus(0);
  await kubectl(['wait', '--namespace=gerrit-gateway', 'pod/nats-0', '--for=delete', '--timeout=60s']);
  const began = Date.now();

  const changes = [];
  for (let index = 0; index < CHANGES; index++) changes.push(await makeChange(`Change ${index}`));
  await sleep(began + OUTAGE_MS - Date.now());

  const pairs = await counted('gateway_undecided_pairs');
  const resends = (await counted('gateway_resends_total')) - before.resends;
  expect(pairs).toBeGreaterThanOrEqual(CHANGES);
  expect((await counted('gateway_sends_total')) - before.sends).toBe(pairs);
  expect(resends).toBeLessThanOrEqual(pairs * (MOST_RESENDS_A_PAIR + MOST_STREAMS));

  await scaleBus(1);
  for (const number of changes) await waitForReports(system, { project, number }, 1, 300_000);
  await until('every pair is decided', async () => (await counted('gateway_undecided_pairs')) === 0);
  const decided = await counted('gateway_resends_total');
  await sleep(QUIET_MS);
  expect(await counted('gateway_resends_total')).toBe(decided);
  expect((await checkRecord(system, [project])).violations).toEqual([]);
});
