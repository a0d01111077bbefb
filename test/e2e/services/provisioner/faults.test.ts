import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { AuditLog } from '../../../../bench/provision/audit-log';
import { applyObjects, type ControlPlane, startControlPlane } from '../../../../bench/provision/control-plane';
import { provisionerConfig } from '../../../../bench/provision/provisioner-config';
import { ProvisionerProcess } from '../../../../bench/provision/provisioner-process';
import { type ScaleObjects, scaleObjects } from '../../../../bench/provision/scale-objects';
import { inputsOfSize } from '../../../../bench/render/bench-inputs';
import type { KubeObject } from '../../../../core/kube-object';
import { ProvisionerObject } from '../../../../core/project';
import { Lease } from '../../../../services/shared/leader-election/lease';
import { type Fault, FaultProxy, type FaultyRequest } from '../../support/fault-proxy';
import { namesOf, namesOfChanged, namesThere, renderedObjects } from '../../support/provisioned-set';
import { until } from '../../support/until';

jest.setTimeout(300_000);

/** Projects made while everything fails, and those added in each test of leaders. */
const UNDER_FAULTS = 20;
const MORE = 20;
/** Of the lease in these tests. Milliseconds. */
const LEASE_MS = 9_000;
const CONTROLLERS = ['namespace-controller', 'serviceaccount-controller', 'root-ca-certificate-publisher-controller'];

let stack: ScaleObjects;
let plane: ControlPlane;
let audit: AuditLog;
const processes: ProvisionerProcess[] = [];

beforeAll(async () => {
  stack = scaleObjects(inputsOfSize(UNDER_FAULTS + 2 * MORE));
  plane = await startControlPlane(stack, { audit: true, controllers: CONTROLLERS });
  audit = new AuditLog(plane.server.auditLog);
}, 900_000);

afterAll(async () => {
  await Promise.all(processes.map((each) => each.kill()));
  await plane?.remove();
});

async function start(name: string, at: Parameters<typeof ProvisionerProcess.start>[0] = plane) {
  const options = { name, config: provisionerConfig(stack), leaseMs: LEASE_MS };
  const started = await ProvisionerProcess.start(at, options);
  processes.push(started);
  return started;
}

/** The projects of the first, the second and the third test. */
const batch = (number: 0 | 1 | 2): readonly KubeObject[] => {
  const from = number === 0 ? 0 : UNDER_FAULTS + (number - 1) * MORE;
  return stack.projects.slice(from, number === 0 ? UNDER_FAULTS : from + MORE);
};

const lease = `/apis/coordination.k8s.io/v1/namespaces/seakeeper-system/leases/${ProvisionerObject.lease}`;
const holder = async () => Lease.parse(await plane.admin.get(lease)).spec.holderIdentity ?? '';
const untilLeads = (name: string) => until(`${name} leads`, async () => (await holder()).startsWith(name));
const agentOf = (name: string) => `seakeeper-provisioner/${name}`;

/** Names only: of everything that is there, and of what the stack renders for these projects. */
const isAllThere = async (projects: readonly KubeObject[]) =>
  isDeepStrictEqual(await namesThere(plane.admin), namesOf(renderedObjects(stack, projects)));

/** What is there is what the stack renders for these projects: no object more, none less, and each as rendered. */
async function untilExactly(projects: readonly KubeObject[]): Promise<void> {
  const rendered = renderedObjects(stack, projects);
  await until('everything is there, and nothing else', () => isAllThere(projects)).catch(async () =>
    expect(await namesThere(plane.admin)).toEqual(namesOf(rendered)),
  );
  expect(await namesOfChanged(plane.admin, rendered)).toEqual([]);
}

/** Some of a batch is written, and most of it is not. */
async function untilAmidWork(name: string, mark: number): Promise<void> {
  const writes = () => audit.writesSince(mark, ({ agent }) => agent === agentOf(name));
  await until(`${name} is amid its work`, async () => (await writes()).length > 20, 120_000, 20);
}

const REFUSALS: readonly Fault[] = [
  { kind: 'status', status: 401, reason: 'Unauthorized' },
  { kind: 'status', status: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 },
  { kind: 'status', status: 500, reason: 'InternalError' },
];
const OF_WATCHES: readonly Fault[] = [
  ...REFUSALS,
  { kind: 'watch-expired' },
  { kind: 'status', status: 410, reason: 'Expired' },
  { kind: 'cut', afterBytes: 700 },
  { kind: 'cut', afterBytes: 2_500 },
];
const OF_WRITES: readonly Fault[] = [
  ...REFUSALS,
  { kind: 'status', status: 409, reason: 'Conflict' },
  { kind: 'lost-answer' },
  { kind: 'hang' },
];
const OF_PAGES: readonly Fault[] = [{ kind: 'status', status: 410, reason: 'Expired' }];

/** What may befall a request, and how often. */
function risk({ method, path, query }: FaultyRequest): { readonly part: number; readonly faults: readonly Fault[] } {
  if (query.get('watch') === 'true') return { part: 0.6, faults: OF_WATCHES };
  if (query.has('continue')) return { part: 0.15, faults: OF_PAGES };
  // A lease is not lost by one refusal; if every seventh met it, there would be little else to see.
  return { part: path.includes('/leases') ? 0.04 : 0.15, faults: method === 'GET' ? REFUSALS : OF_WRITES };
}

/** Faults by chance, drawn in an order that is the same each time; none any more after `most`. */
function faultsByChance(most: number): (request: FaultyRequest) => Fault | undefined {
  let seed = 1;
  let count = 0;
  const chance = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  return (request) => {
    const { part, faults } = risk(request);
    if (count >= most || chance() >= part) return undefined;
    count += 1;
    return faults[Math.floor(chance() * faults.length)];
  };
}

describe('while the API server fails in every way it knows', () => {
  test('projects become exactly what the stack renders, and nothing else is touched', async () => {
    const proxy = await FaultProxy.before(plane.server);
    const folder = join(plane.folder, 'proxied');
    mkdirSync(folder);
    proxy.pageSize = 7;
    proxy.decide = faultsByChance(250);
    const mark = audit.mark();
    try {
      await applyObjects(plane, () => batch(0).slice(0, 12));
      await start('faulty', { admin: plane.admin, folder, server: proxy });
      await until('work has begun', async () => (await namesThere(plane.admin)).length > 0);
      await applyObjects(plane, () => batch(0).slice(12));
      await sleep(3_000);
      plane.server.pauseEtcd();
      await sleep(30_000);
      plane.server.resumeEtcd();

      await untilExactly(batch(0));
      const kinds = ['401', '409', '410', '429', '500', 'cut', 'hang', 'lost-answer', 'watch-expired'];
      expect([...proxy.injected.keys()].sort()).toEqual(kinds);
    } finally {
      plane.server.resumeEtcd();
      await processes.pop()?.stop();
      await proxy.stop();
    }

    const writes = await audit.writesSince(mark, ({ agent }) => agent === agentOf('faulty'));
    const elsewhere = writes.filter(
      ({ object, resource }) =>
        !/^ci-/.test(object) &&
        !(resource === 'projects/status') &&
        !(resource === 'events' && /^default\//.test(object)),
    );
    expect(writes.length).toBeGreaterThan(renderedObjects(stack, batch(0)).length);
    expect(elsewhere).toEqual([]);
  });
});

describe('of several provisioners', () => {
  test('the next one finishes what a killed one began', async () => {
    const mark = audit.mark();
    const projects = [...batch(0), ...batch(1)];
    const first = await start('first');
    await untilLeads('first');
    await start('second');
    await applyObjects(plane, () => batch(1));
    await untilAmidWork('first', mark);
    await first.kill();
    expect(await isAllThere(projects)).toBe(false);

    await untilExactly(projects);

    const writes = await audit.writesSince(mark, ({ status }) => status < 300);
    const [ofFirst, ofSecond] = ['first', 'second'].map((name) =>
      writes.filter(({ agent }) => agent === agentOf(name)),
    );
    expect(ofSecond?.length).toBeGreaterThan(0);
    expect(Math.max(...(ofFirst ?? []).map(({ answeredAt }) => answeredAt))).toBeLessThan(
      Math.min(...(ofSecond ?? []).map(({ receivedAt }) => receivedAt)),
    );
  });

  test('one that was stopped amid its work and goes on when another leads writes nothing any more', async () => {
    const second = processes.at(-1);
    if (second === undefined) throw new Error('no process is left of the test before');
    await untilLeads('second');
    await start('third');
    const mark = audit.mark();
    await applyObjects(plane, () => batch(2));
    await untilAmidWork('second', mark);
    second.pause();
    const stoppedAt = Date.now();
    expect(await isAllThere(stack.projects)).toBe(false);
    await untilLeads('third');
    await untilExactly(stack.projects);
    await sleep(Math.max(0, 20_000 - (Date.now() - stoppedAt)));
    const goesOnAt = audit.mark();
    second.resume();
    await sleep(3_000);

    const late = await audit.writesSince(goesOnAt, ({ agent }) => agent === agentOf('second'));
    expect(late).toEqual([]);
    second.mustRun();
    expect(await holder()).toMatch(/^third/);
  });

  test('one that is asked to stop hands over within two seconds', async () => {
    const [second, third] = processes.slice(-2);
    const begun = performance.now();
    const stopped = third?.stop();
    await untilLeads('second');
    const seconds = (performance.now() - begun) / 1000;
    await stopped;

    expect(seconds).toBeLessThan(2);
    second?.mustRun();
    await untilExactly(stack.projects);
  });
});
