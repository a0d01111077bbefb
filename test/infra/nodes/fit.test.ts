import type { Amount, PoolRequirement, Requirement } from '../../../infra/capacity/requirement';
import { fitOf, nodesOfMachines, type PoolNode } from '../../../infra/nodes/fit';
import { fitOutput, fitRefusal, fitWarnings } from '../../../infra/nodes/render-fit';
import { allocatableOf } from '../../../infra/nodes/reservations';

const GI = 2 ** 30;
const amount = (cpu: number, memory: number, disk = 0): Amount => ({ cpu, memory: memory * GI, disk: disk * GI });
const node = (name: string, pool: PoolNode['pool'], allocatable: Amount): PoolNode => ({ name, pool, allocatable });
const line = (name: string, lineAmount: Amount) => ({ name, amount: lineAmount, source: 'this test' });

const pool = (
  name: PoolRequirement['pool'],
  executors: number,
  total: Amount,
  lines: PoolRequirement['lines'] = [],
): PoolRequirement => ({
  pool: name,
  executors,
  lines,
  total,
  reserved: line('reserve', amount(0, 0)),
  nodes: 3,
  shape: amount(8, 24),
  packing: [],
});

const requirement = (overrides: Partial<Requirement>): Requirement => ({
  pools: [],
  quotas: {},
  priorityClasses: [],
  gateWindow: { initial: 20, floor: 3 },
  forecast: {},
  storage: [],
  assumptions: [],
  ...overrides,
});

const CHECK = requirement({
  until: '2027-03-31',
  pools: [pool('check', 10, amount(20, 60, 100))],
  forecast: {
    check: [
      { date: '2026-12-01', p50: 4, p90: 5 },
      { date: '2027-01-01', p50: 6, p90: 7.5 },
      { date: '2027-02-01', p50: 7, p90: 9 },
    ],
  },
});
const THREE = [1, 2, 3].map((index) => node(`ci100${index}`, 'check', amount(7, 22, 40)));

describe('the fit of a pool', () => {
  test('is good when its nodes offer all that is required', () => {
    const fit = fitOf(CHECK, THREE);

    expect(fit.pools).toMatchObject([{ pool: 'check', nodes: 3, missing: amount(0, 0), executors: 10 }]);
    expect(fitWarnings(fit)).toEqual([]);
    expect(fitRefusal(fit)).toBeUndefined();
  });

  test('names what is missing, and the forecast’s day on which it is too little', () => {
    const fit = fitOf(CHECK, THREE.slice(0, 2));

    expect(fit.pools).toMatchObject([{ missing: amount(6, 16, 20), executors: 7, breaksOn: '2027-01-01' }]);
    expect(fitWarnings(fit)).toEqual([
      'capacity of pool check: 2 nodes with 14 cores, 44Gi memory, 80Gi disk allocatable; required until 2027-03-31: 20 cores, 60Gi memory, 100Gi disk (3 nodes of the size assumed, one of them down); missing: 6 cores, 16Gi memory, 20Gi disk; 7 of 10 build slots: too few from 2027-01-01 on, at P90 of the forecast; add machines of pool check to seakeeper:machines (docs/how-to/add-a-node.md)',
    ]);
  });

  test('is judged by the scarcest of CPU, memory and disk', () => {
    const wide = [node('ci1001', 'check', amount(64, 12, 400))];

    expect(fitOf(CHECK, wide).pools).toMatchObject([{ missing: amount(0, 48), executors: 2, breaksOn: '2026-12-01' }]);
  });

  test('says when nodes that are enough today no longer are within the forecast', () => {
    const grown = requirement({
      ...CHECK,
      forecast: { check: [{ date: '2027-06-01', p50: 9, p90: 11 }] },
    });

    expect(fitWarnings(fitOf(grown, THREE))).toEqual([expect.stringContaining('too few from 2027-06-01 on')]);
  });

  test('counts a pool without a node as missing all', () => {
    expect(fitOf(CHECK, [node('a', 'gate', amount(100, 100, 100))]).pools).toMatchObject([
      { nodes: 0, missing: amount(20, 60, 100), executors: 0 },
    ]);
  });

  test('passes over the disk of a kubelet that does not measure it', () => {
    const unmeasured = [node('a', 'check', { ...amount(20, 60), disk: Number.POSITIVE_INFINITY })];
    const [output] = fitOutput(fitOf(CHECK, unmeasured));

    expect(output).toMatchObject({ missing: {}, allocatable: { cpu: '20', memory: '60Gi' } });
    expect(output?.allocatable).not.toHaveProperty('disk');
  });
});

describe('the running system', () => {
  const system = requirement({
    pools: [
      pool('system', 0, amount(12, 24), [
        line('argo-system/workflow-controller', amount(3, 6)),
        line('DaemonSets', amount(1, 2)),
        line('bin-packing loss', amount(2, 4)),
        line('one node down', amount(6, 12)),
      ]),
    ],
  });

  test('runs without room to spare, which is warned of only', () => {
    const fit = fitOf(system, [node('a', 'system', amount(6, 12))]);

    expect(fitRefusal(fit)).toBeUndefined();
    expect(fitWarnings(fit)).toEqual([expect.stringContaining('missing: 6 cores, 12Gi memory')]);
  });

  test('does not run on less than it requests, and is told what to do', () => {
    expect(fitRefusal(fitOf(system, [node('a', 'system', amount(3.5, 12))]))).toBe(
      'the running system itself does not fit the machines: missing in pool system: 500m cores; add machines of pool system to seakeeper:machines, or set seakeeper:capacity.acceptShortfall to true to go on all the same',
    );
  });

  test('runs on check nodes where none is its own', () => {
    expect(fitRefusal(fitOf(system, [node('a', 'check', amount(4, 8))]))).toBeUndefined();
    expect(fitRefusal(fitOf(system, [node('a', 'gate', amount(100, 100))]))).toContain('missing');
  });
});

test('machines offer what their kubelets leave', () => {
  const machine = { name: 'ci1001', cpu: 8, memory: '24Gi', disk: '200Gi', pool: 'check' } as const;

  expect(nodesOfMachines([machine])).toEqual([{ name: 'ci1001', pool: 'check', allocatable: allocatableOf(machine) }]);
});
