import type { PushedPatchSet } from '../../../local/gerrit/gerrit-admin';
import { oneStep } from '../support/definitions';
import { killProcesses } from '../support/kill-process';
import { localImage, makeProject, removeProject, runningSystem, type System, waitForReports } from '../support/system';
import { until } from '../support/until';

jest.setTimeout(600_000);

const GERRIT = /com\.google\.gerrit\.launcher\.GerritLauncher daemon/;
const GATEWAY = /node \/app\/gateway\.js$/;
const BACK_WITHIN_MS = 15_000;

let system: System;
let project: string;

beforeAll(async () => {
  system = await runningSystem();
  ({ project } = await makeProject(system, 'restart', oneStep(await localImage(system.kube, 'busybox'))));
}, 3_600_000);

afterAll(() => removeProject(system, project));

const push = (subject: string) =>
  system.gerrit.pushChange({ project, subject, files: { [`${subject}.txt`]: `${subject}\n` } });

const gerritAnswers = () => system.gerrit.rest('GET', '/config/server/version');

test('the gateway is back within 15 s of Gerrit after Gerrit restarts, and hears what comes next', async () => {
  killProcesses(GERRIT);
  await until(
    'Gerrit is down',
    () =>
      gerritAnswers().then(
        () => false,
        () => true,
      ),
    30_000,
    50,
  );
  await until(
    'Gerrit is back',
    () =>
      gerritAnswers().then(
        () => true,
        () => false,
      ),
    120_000,
    50,
  );
  const backAt = Date.now();

  await until('the gateway is connected', streamIsConnected, 60_000, 100);

  expect(Date.now() - backAt).toBeLessThan(BACK_WITHIN_MS);
  expect(await waitForReports(system, await push('after'))).toHaveLength(1);
});

test('what happened while nobody listened is picked up from REST', async () => {
  const missed: PushedPatchSet[] = [];
  killProcesses(GATEWAY);
  for (const subject of ['one', 'two', 'three']) {
    missed.push(await push(subject));
    // Kept down while the changes come in: Kubernetes starts it again at once.
    try {
      killProcesses(GATEWAY);
    } catch {
      // not up again yet
    }
  }

  for (const change of missed) {
    expect(await waitForReports(system, change)).toHaveLength(1);
  }
  expect(await streamIsConnected()).toBe(true);
});

/** The gateway's own word for it, by its metrics through the API server. */
async function streamIsConnected(): Promise<boolean> {
  const metrics = await system.kube.text('/api/v1/namespaces/gerrit-gateway/services/gateway:8080/proxy/metrics');
  return /^gateway_stream_connected 1$/m.test(metrics);
}
