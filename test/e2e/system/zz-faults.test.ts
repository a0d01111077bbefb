import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ServiceAccounts } from '../../../core/access';
import { WORKFLOW_API } from '../../../core/argo-workflow';
import { Annotation } from '../../../core/labels';
import { namespaceForProject } from '../../../core/project-name';
import { COMPONENTS, planFaults } from '../../support/faults/plan-faults';
import { checkRecord } from '../support/check-record';
import { noStep } from '../support/definitions';
import { CONNECTIONS } from '../support/faults/components';
import { FaultInjector } from '../support/faults/fault-injector';
import { clusterProcesses } from '../support/kill-process';
import { counterOf, counterOfAll } from '../support/service-metrics';
import { localImage, makeProject, removeProject, runningSystem, type System } from '../support/system';
import { insist, makeTraffic } from '../support/traffic';
import { until } from '../support/until';

jest.setTimeout(3 * 3_600_000);

const isLong = process.env['SEAKEEPER_LONG'] !== undefined;
const CHANGES = Number(process.env['SEAKEEPER_CHANGES'] ?? (isLong ? 2_000 : 120));
/** Of a plan and of what people do; another each time in the long form. */
const SEED = Number(process.env['SEAKEEPER_SEED'] ?? (isLong ? Date.now() % 2 ** 31 : 6));
/** Slow enough that faults come between any two steps of a change's way. */
const EVERY_MS = 600;
/** More than there will be. */
const FAULTS = 5_000;
const REST_WITHIN_MS = isLong ? 3_600_000 : 900_000;
/** Its liveness probe forgives a minute. */
const MOST_STANDSTILL_MS = 45_000;
/** Long enough for a repeat to show. */
const SETTLE_MS = 15_000;

const Run = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }) });
const Created = z.object({ _number: z.int() });
const { gateway } = ServiceAccounts;
const GATEWAY = /node \/app\/gateway\.js$/;
const say = (line: string) => process.stderr.write(`faults: ${line}\n`);

let system: System;
const projects: string[] = [];

beforeAll(async () => {
  system = await runningSystem();
  const definition = noStep(await localImage(system.kube, 'busybox'));
  for (const name of ['faults-a', 'faults-b']) {
    projects.push((await makeProject(system, name, definition)).project);
  }
}, 3_600_000);

afterAll(async () => {
  await Promise.all(projects.map((project) => removeProject(system, project)));
  await system?.gerrit.close();
});

test(`of ${CHANGES} changes under random faults each event is decided once and each run reported once (seed ${SEED})`, async () => {
  const faults = new FaultInjector(system, projects, say);
  const over = new AbortController();
  const plan = planFaults({ seed: SEED, count: FAULTS, connections: CONNECTIONS });
  const traffic = { gerrit: system.gerrit, projects, changes: CHANGES, everyMs: EVERY_MS, seed: SEED };
  say(`seed ${SEED}`);

  const following = faults.follow(plan, over.signal);
  try {
    await makeTraffic(traffic);
  } finally {
    // Nothing stays frozen or cut off, however it went.
    over.abort();
    await following;
    await faults.heal();
  }
  await comeToRest();

  const happened = await following;
  const { violations, seen } = await checkRecord(system, projects);
  say(`${happened.length} faults; ${JSON.stringify(seen)}`);
  expect(violations).toEqual([]);
  expect(seen.changes).toBeGreaterThanOrEqual(CHANGES);
  expect(await reportedRuns()).toHaveLength(seen.runs);
  if (isLong) {
    expect(new Set(happened.map(({ component }) => component))).toEqual(new Set(COMPONENTS));
  }
});

test('a reader that stands still makes Gerrit drop events and say so, and none of them is missed', async () => {
  const dropped = () => counterOfAll(system.kube, gateway, 'gateway_dropped_output_total');
  const before = await dropped();
  const project = projects[0] ?? '';
  const change = async (subject: string) =>
    Created.parse(await insist(() => system.gerrit.rest('POST', '/changes/', { project, branch: 'master', subject })))
      ._number;
  // Every event of a change carries its commit message, so that a dozen of them are all that SSH holds for a reader.
  const long = `Loud\n\n${'A line of a commit message.\n'.repeat(8_000)}`;
  const loud = await Promise.all(Array.from({ length: 8 }, () => change(long)));

  const pids = clusterProcesses(GATEWAY);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  const endsAt = Date.now() + MOST_STANDSTILL_MS;
  try {
    // Gerrit keeps 128 events beyond that, and drops what comes then.
    await Promise.all(
      loud.map(async (number) => {
        for (let round = 0; round < 24 && Date.now() < endsAt; round++) {
          await insist(() => system.gerrit.comment({ project, number }, `Loud ${round}`));
        }
      }),
    );
    await change('Unheard');
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
  await until('Gerrit says that it dropped events', async () => (await dropped()) > before);
  await comeToRest();

  expect((await checkRecord(system, projects)).violations).toEqual([]);
});

/** Waits until changes were read by REST since, every pair is decided and every run reported, and it stays so. */
async function comeToRest(): Promise<void> {
  const sweeps = () => counterOf(system.kube, gateway, 'gateway_sweeps_total', { outcome: 'done' });
  const before = await sweeps();
  await until('changes are read by REST', async () => (await sweeps()) >= before + 2, REST_WITHIN_MS, 2_000);
  await until('all is decided and reported', isAtRest, REST_WITHIN_MS, 2_000);
  await sleep(SETTLE_MS);
  expect(await isAtRest()).toBe(true);
}

async function isAtRest(): Promise<boolean> {
  const open = ['gateway_undecided_pairs', 'gateway_unresolved_events'];
  const counts = await Promise.all(open.map((gauge) => counterOf(system.kube, gateway, gauge)));
  return counts.every((count) => count === 0) && (await reportedRuns()).every(Boolean);
}

/** Whether each Workflow there is was reported. */
async function reportedRuns(): Promise<boolean[]> {
  const reported: boolean[] = [];
  for (const project of projects) {
    const path = `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}/namespaces/${namespaceForProject(project)}/workflows`;
    for await (const { items } of system.kube.list(path, { metadataOnly: true })) {
      reported.push(...items.map((item) => Run.parse(item).metadata.annotations[Annotation.reported] !== undefined));
    }
  }
  return reported;
}
