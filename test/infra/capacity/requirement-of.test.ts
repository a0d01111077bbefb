import { PriorityClass } from '../../../core/access';
import { CapacityConfig, Machine } from '../../../infra/capacity/config';
import type { Amount, PoolRequirement } from '../../../infra/capacity/requirement';
import { type RequirementInputs, requirementOf } from '../../../infra/capacity/requirement-of';
import { allocatableOf } from '../../../infra/nodes/reservations';
import { demandFile, steadyPool } from './demand-fixture';

const GI = 2 ** 30;
const SHAPE = { cpu: 48, memory: '192Gi', disk: '960Gi' };

function inputs(overrides: Partial<RequirementInputs> = {}): RequirementInputs {
  return {
    capacity: CapacityConfig.parse({}),
    machines: [],
    classes: { default: { executors: 4, containerExecutors: 2 } },
    system: { artifactsSize: '2Ti', ledgerSize: '10Gi', artifactRetentionDays: 90 },
    systemWorkloads: [
      { namespace: 'argo-system', name: 'workflow-controller', replicas: 2, amount: { cpu: 0.1, memory: GI, disk: 0 } },
    ],
    demand: demandFile({ check: steadyPool(99), gate: steadyPool(20) }),
    ...overrides,
  };
}

const poolOf = (name: string, of: RequirementInputs): PoolRequirement => {
  const found = requirementOf(of).pools.find(({ pool }) => pool === name);
  if (found === undefined) throw new Error(`no pool ${name}`);
  return found;
};

const line = (pool: PoolRequirement, name: string) => pool.lines.find((each) => each.name === name)?.amount;
const plus = (a: Amount, b: Amount): Amount => ({
  cpu: a.cpu + b.cpu,
  memory: a.memory + b.memory,
  disk: a.disk + b.disk,
});

describe('requirementOf', () => {
  test('99 executors of the proposal are 198 cores, 594 GiB and 1,980 GiB of disk before anything is added', () => {
    const check = poolOf('check', inputs());
    expect(check.executors).toBe(99);
    expect(line(check, 'executors')).toEqual({ cpu: 198, memory: 594 * GI, disk: 0 });
    expect(line(check, 'workspaces and images')).toEqual({ cpu: 0, memory: 0, disk: 1980 * GI });
  });

  test('every pool has what the proposal left out, each a line with its source', () => {
    const { pools } = requirementOf(inputs());
    expect(pools.map(({ pool }) => pool)).toEqual(['system', 'gate', 'check']);
    for (const { lines, reserved } of pools) {
      const names = lines.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['DaemonSets', 'bin-packing loss', 'one node down']));
      for (const { source } of [...lines, reserved]) expect(source.length).toBeGreaterThan(10);
    }
  });

  test('the lines add up to what the nodes offer, and with the reserve to the machines', () => {
    for (const { lines, total, reserved, nodes, shape } of requirementOf(inputs()).pools) {
      const sum = lines.map(({ amount }) => amount).reduce(plus);
      expect(sum.cpu).toBeCloseTo(total.cpu, 6);
      expect([sum.memory, sum.disk]).toEqual([total.memory, total.disk]);
      const machines = plus(total, reserved.amount);
      expect(machines.cpu).toBeCloseTo(shape.cpu * nodes, 6);
      expect([machines.memory, machines.disk]).toEqual([shape.memory * nodes, shape.disk * nodes]);
    }
  });

  test('executors still fit while one node is down', () => {
    const { nodes, packing, executors } = poolOf('check', inputs());
    expect(packing).toHaveLength(nodes - 1);
    const packed = packing.reduce((total, { pods }) => total + (pods['executor'] ?? 0), 0);
    expect(packed).toBe(executors);
  });

  test('a node holds no more pods than a kubelet takes, DaemonSets included', () => {
    // 48 cores are 23 slots; five pods each and four DaemonSets would be 119, and a kubelet takes 110.
    expect(poolOf('check', inputs()).packing[0]?.pods).toEqual({ executor: 21 });
  });

  test('what builds of the log requested is packed, not the slot, where the log says it', () => {
    const shapes = [
      { cpu: 1, memory: 2 * GI, share: 0.75 },
      { cpu: 8, memory: 24 * GI, share: 0.25 },
    ];
    const check = poolOf('check', inputs({ demand: demandFile({ check: steadyPool(40, { shapes }) }) }));
    expect(line(check, 'executors')).toEqual({ cpu: 30 * 1 + 10 * 8, memory: (30 * 2 + 10 * 24) * GI, disk: 0 });
  });

  test("a pool's own machines give its shape: the commonest", () => {
    const machine = (name: string, cpu: number) =>
      Machine.parse({ name, cpu, memory: '128Gi', disk: '480Gi', pool: 'check' });
    const machines = [machine('a', 64), machine('b', 32), machine('c', 32)];
    expect(poolOf('check', inputs({ machines })).shape).toEqual({ cpu: 32, memory: 128 * GI, disk: 480 * GI });
    expect(poolOf('gate', inputs({ machines })).shape.cpu).toBe(48);
  });

  test('the reserve is what nodes keep by the same formula that is written for their kubelets', () => {
    const { reserved, nodes } = poolOf('check', inputs());
    const { cpu, memory } = allocatableOf({ name: 'x', ...SHAPE });
    expect(reserved.amount.cpu).toBeCloseTo(nodes * (48 - cpu), 6);
    expect(reserved.amount.memory).toBe(nodes * (192 * GI - memory));
  });

  test("the system's needs are its constructs' requests and the cluster's add-ons", () => {
    const system = poolOf('system', inputs());
    expect(line(system, 'argo-system/workflow-controller')).toEqual({ cpu: 0.2, memory: 2 * GI, disk: 0 });
    expect(line(system, 'kube-system/coredns')).toEqual({ cpu: 0.2, memory: 140 * 2 ** 20, disk: 0 });
  });

  test('artifacts are bytes a run × runs a day × days kept, beside what the stack gives them', () => {
    const [artifacts] = requirementOf(inputs()).storage;
    expect(artifacts).toMatchObject({ bytes: 400 * 90 * 20 * 2 ** 20, configured: 2 * 2 ** 40 });
  });

  test('the forecast of each pool is there by day, and the requirement holds until its last', () => {
    const { until, forecast } = requirementOf(inputs());
    expect(until).toBe('2019-12-21');
    expect(forecast.check?.at(-1)).toEqual({ date: '2019-12-21', p50: 79.2, p90: 99 });
  });

  test('PriorityClasses put the system before reviewed code before anybody’s', () => {
    expect(requirementOf(inputs()).priorityClasses.map(({ name, value }) => [name, value])).toEqual([
      [PriorityClass.system, 1_000_000],
      [PriorityClass['post-review'], 10_000],
      [PriorityClass['pre-review'], 1_000],
    ]);
  });

  test('without a forecast quotas and the system are known, and nothing else', () => {
    const { demand: _, ...rest } = inputs();
    const { until, pools, quotas, storage } = requirementOf(rest);
    expect([until, pools.map(({ pool }) => pool), Object.keys(quotas), storage]).toEqual([
      undefined,
      ['system'],
      ['default'],
      [],
    ]);
  });

  test('the same inputs give the same object', () => {
    expect(JSON.stringify(requirementOf(inputs()))).toBe(JSON.stringify(requirementOf(inputs())));
  });

  test('costs a few milliseconds, for every preview computes it', () => {
    const { capacity, ...rest } = inputs();
    const days = steadyPool(99, {}, 400);
    const demand = demandFile({ check: days, gate: days, heavy: days, security: days });
    const started = process.cpuUsage();
    for (let run = 0; run < 5; run += 1) requirementOf({ capacity, ...rest, demand });
    expect(process.cpuUsage(started).user / 1000 / 5).toBeLessThan(60);
  });

  test.each([
    ['2019-12-22', 'the forecast ends on 2019-12-21'],
    ['2019-10-01', 'the forecast begins on 2019-10-23'],
  ])('throws when the day meant is outside the forecast: %s', (until, message) => {
    const capacity = CapacityConfig.parse({ sizing: { until } });
    expect(() => requirementOf(inputs({ capacity }))).toThrow(message);
  });

  test('throws when an executor is larger than a node of its pool', () => {
    const capacity = CapacityConfig.parse({ executor: { cpu: '64' } });
    expect(() => requirementOf(inputs({ capacity }))).toThrow('pool gate: executor needs cpu 64');
  });
});
