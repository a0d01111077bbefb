import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../../../../bench/forecast/random';
import type { AuditedWrite } from '../../../../bench/provision/audit-log';
import { memoryOf } from '../../../../bench/provision/process-usage';
import { ConditionType } from '../../../../core/project';
import { namespaceForProject, projectObjectName } from '../../../../core/project-name';
import { DRIFTS } from '../../support/scale/drifts';
import { ScaleRun, type ScaleSize } from '../../support/scale/scale-run';
import { draw, seededInputs, withOnePodMore } from '../../support/scale/seeded-stack';
import { until } from '../../support/until';

const IS_LONG = process.env['SEAKEEPER_LONG'] !== undefined;
const PROJECTS = Number(process.env['SEAKEEPER_PROJECTS'] ?? (IS_LONG ? 10_000 : 200));
const SIZE: ScaleSize = {
  projects: PROJECTS,
  seed: Number(process.env['SEAKEEPER_SEED'] ?? 5),
  leaseMs: IS_LONG ? 15_000 : 8_000,
  fsync: IS_LONG,
  phaseMs: IS_LONG ? 2_400_000 : 120_000,
};
/** How long the stopped one stands still: much longer than its lease. Milliseconds. */
const STOPPED_MS = IS_LONG ? 60_000 : 14_000;
const DRIFTED = Math.max(DRIFTS.length, Math.round(PROJECTS / 100));
const RETIRED = Math.round(PROJECTS / 10);
/** Calls at once of a provisioner: so many may be under way when it dies, and be done again by the next. */
const UNDER_WAY = 64;

jest.setTimeout(SIZE.phaseMs * 2);

const inputs = seededInputs(SIZE.projects, SIZE.seed);
const names = inputs.config.projects.map(({ gerritName }) => gerritName);
const random = randomFrom(SIZE.seed + 1);
let run: ScaleRun;

const say = (line: string) => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

beforeAll(async () => {
  run = await ScaleRun.start(SIZE, inputs);
  await sleep(3_000);
}, 900_000);

afterAll(async () => {
  if (run === undefined) return;
  for (const latencies of run.foreground.stop()) say(`foreground ${JSON.stringify(latencies)}`);
  await run.remove();
});

/** Seconds a phase took, told with what else is worth knowing. */
async function phase<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  run.foreground.enter(name);
  const started = performance.now();
  const result = await work();
  const leader = await run.leader();
  const memory = leader === undefined ? '' : `, leader ${memoryOf(leader.pid).rssMiB.toFixed(0)} MiB`;
  say(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s${memory}`);
  return result;
}

/** Resolves to how many objects the stack renders. */
async function expectAsRendered(retired?: ReadonlySet<string>): Promise<number> {
  const { differing, found, wanted } = await run.compare(retired);
  expect(differing).toEqual([]);
  expect(found).toEqual(wanted);
  say(`${found.objects} objects, hash ${found.hash.slice(0, 16)}, as rendered`);
  return found.objects;
}

const succeeded = ({ status }: AuditedWrite) => status >= 200 && status < 300;
/** Not what Projects say of themselves: of quotas that is told slowly, ten Projects a second. */
const isObject = ({ resource }: AuditedWrite) => !/^(projects|events)/.test(resource);

/** Objects that were written more than once, with how often. */
function repeated(writes: readonly AuditedWrite[]): [string, number][] {
  const times = new Map<string, number>();
  for (const { object, resource } of writes.filter(succeeded)) {
    const key = `${resource} ${object}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return [...times].filter(([, count]) => count > 1);
}

describe(`${PROJECTS} projects of stack ci, seed ${SIZE.seed}`, () => {
  test('are provisioned from nothing, each object once, as the stack renders them', async () => {
    const mark = run.audit.mark();
    await Promise.all([run.startProvisioner('one'), run.startProvisioner('two')]);
    await phase('cold', async () => {
      await run.makeProjects();
      await run.untilReady(PROJECTS);
    });

    const objects = await expectAsRendered();
    const writes = (await run.writes(mark)).filter(isObject);
    expect(repeated(writes)).toEqual([]);
    expect(writes.filter(succeeded).length).toBeGreaterThanOrEqual(objects);
    say(`${writes.length} writes of objects`);
  });

  test('are listed again by a new leader, who finds nothing to do and writes nothing', async () => {
    await run.untilQuiet();
    await Promise.all([...run.provisioners.values()].map((provisioner) => provisioner.stop()));
    const mark = run.audit.mark();
    const { seconds, objects } = await phase('resync', async () => {
      await Promise.all([run.startProvisioner('three'), run.startProvisioner('four')]);
      return (await run.untilLeads()).untilResynced();
    });
    await sleep(3_000);

    expect(await run.writes(mark)).toEqual([]);
    say(`full resync of ${objects} objects in ${seconds.toFixed(1)} s, 0 writes`);
  });

  test(`have 1 % of them changed by hand, which is put back and told, and nothing else is touched`, async () => {
    const drifted = draw(names, DRIFTED, random.uniform).map((name, index) => ({
      project: projectObjectName(name),
      namespace: namespaceForProject(name),
      kind: DRIFTS[index % DRIFTS.length] ?? DRIFTS[0],
    }));
    const mark = run.audit.mark();
    await phase('drift', async () => {
      for (const { kind, namespace } of drifted) await kind.make(run.plane.admin, namespace);
      for (const { project } of drifted) {
        await until(`${project} tells of it`, async () =>
          (await run.project(project)).status?.conditions.some(
            ({ status, type }) => type === ConditionType.drifted && status === 'True',
          ),
        );
      }
    });

    await expectAsRendered();
    const writes = (await run.writes(mark)).filter(isObject).filter(succeeded);
    const touched = new Set(writes.map(({ object }) => object.split('/')[0]));
    expect([...touched].sort()).toEqual(drifted.map(({ namespace }) => namespace).sort());
    expect(writes).toHaveLength(drifted.reduce((sum, { kind }) => sum + kind.writes, 0));
  });

  test('get another quota each while the leader is killed: the next one goes on, loses none and repeats none', async () => {
    const mark = run.audit.mark();
    const leader = await run.untilLeads();
    await phase('leader killed', async () => {
      await run.configure(withOnePodMore(inputs));
      await run.untilWritten(mark, 'resourcequotas', Math.max(1, Math.floor(PROJECTS / 20)));
      await leader.kill();
      run.provisioners.delete(leader.name);
      await run.startProvisioner('five');
      await (await run.untilLeads()).untilResynced();
      await run.untilQuiet(isObject);
    });

    await expectAsRendered();
    const writes = (await run.writes(mark)).filter(isObject);
    const byTheDead = writes.filter(({ agent }) => agent.endsWith(leader.name)).length;
    expect(byTheDead).toBeLessThan(PROJECTS);
    expect(repeated(writes).length).toBeLessThanOrEqual(UNDER_WAY);
    say(`${byTheDead} of ${PROJECTS} by the one that was killed, ${repeated(writes).length} done again`);
  });

  test(`get their quota back while the leader is stopped for ${STOPPED_MS / 1000} s and goes on then: it writes nothing`, async () => {
    const mark = run.audit.mark();
    const stopped = await run.untilLeads();
    const continuedAt = await phase('leader stopped', async () => {
      await run.configure(inputs);
      await run.untilWritten(mark, 'resourcequotas', Math.max(1, Math.floor(PROJECTS / 20)));
      stopped.pause();
      await sleep(STOPPED_MS);
      const at = Date.now();
      stopped.resume();
      await (await run.untilLeads((provisioner) => provisioner !== stopped)).untilResynced();
      await run.untilQuiet(isObject);
      return at;
    });

    await expectAsRendered();
    const writes = await run.writes(mark);
    const own = writes.filter(({ agent }) => agent.endsWith(stopped.name));
    const others = writes.filter(({ agent }) => !agent.endsWith(stopped.name));
    const othersBeganAt = Math.min(...others.map(({ receivedAt }) => receivedAt));
    expect(own.length).toBeGreaterThan(0);
    expect(others.length).toBeGreaterThan(0);
    expect(own.filter(({ receivedAt }) => receivedAt >= continuedAt)).toEqual([]);
    expect(own.filter(({ answeredAt }) => answeredAt >= othersBeganAt)).toEqual([]);
    expect(repeated(writes.filter(isObject)).length).toBeLessThanOrEqual(UNDER_WAY);
    say(`${own.length} writes before it was stopped, ${others.length} by the other, none after it went on`);
  });

  test('retire in part, and what is left is what the stack renders for the rest, by hash', async () => {
    const retired = draw(names, RETIRED, random.uniform);
    await phase('retired', async () => {
      for (const name of retired) await run.deleteProject(projectObjectName(name));
      await run.untilNamespaces(PROJECTS - RETIRED);
    });

    await expectAsRendered(new Set(retired.map(namespaceForProject)));
  });
});
