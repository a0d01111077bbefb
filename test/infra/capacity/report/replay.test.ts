import { CapacityConfig } from '../../../../infra/capacity/config';
import { renderReplay, replay } from '../../../../infra/capacity/report/replay';
import { parseNodes } from '../../../../infra/capacity/simulation/parse-nodes';
import { columnsOf } from '../trace/columns';

const HOUR = 3_600_000;
const capacity = CapacityConfig.parse({});

function run(nodes: string, builds: Parameters<typeof columnsOf>[0], price?: number) {
  const options = { preemption: true, starvedAfterSeconds: 1800 };
  const prices = price === undefined ? {} : { pricePerNodeHour: price };
  return replay({ columns: columnsOf(builds), groups: parseNodes(nodes), capacity, options, ...prices });
}

const build = (pool: string, startMs = 0) => ({ startMs, endMs: startMs + HOUR, cpu: 2, pool });

describe('replay', () => {
  test('a machine offers what kubelet, system and DaemonSets leave', () => {
    // 16 cores less 0.11 and 0.5 reserved and 0.562 of DaemonSets: seven builds of two cores, not eight.
    const builds = Array.from({ length: 8 }, () => build('check'));
    expect(run('1x16cpu/64Gi', builds).waits).toMatchObject({ builds: 8, longest: 3600, starved: 1 });
  });

  test('gate builds go to check machines when theirs are full, and check builds never to theirs', () => {
    const nodes = 'gate=1x4cpu/16Gi,check=1x4cpu/16Gi';
    expect(run(nodes, [build('gate'), build('gate', 1)]).waits.longest).toBe(0);
    expect(run(nodes, [build('check'), build('check', 1)]).waits.longest).toBeGreaterThan(3000);
  });

  test('cost is machines × hours × price', () => {
    const { nodeHours, cost } = run('3x16cpu/64Gi', [build('check')], 0.5);
    expect([nodeHours, cost]).toEqual([3, 1.5]);
  });

  test('builds that fit no machine are said, not passed over', () => {
    const result = run('1x4cpu/16Gi', [{ ...build('check'), cpu: 32 }, build('check')]);
    expect(renderReplay(result, { file: 'builds.csv' })).toContain('**1 builds never ran**');
  });

  test('builds of a pool that has no machine never run, and it is said', () => {
    const result = run('gate=1x16cpu/64Gi', [build('heavy'), build('gate')]);
    expect(result.neverFits).toBe(1);
  });
});

test('renderReplay says waits, use, cost and who waited longest', () => {
  const text = renderReplay(run('1x16cpu/64Gi', [build('check')], 2), { file: 'builds.csv', pricePerNodeHour: 2 });
  for (const part of [
    'P50 0 s, P95 0 s',
    'of the CPU',
    '1 node hours',
    '2 at 2 each',
    '0 builds waited longer',
    '| all',
  ]) {
    expect(text).toContain(part);
  }
});
