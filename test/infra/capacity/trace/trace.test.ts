import { Pipelines } from '../../../../core/pipeline';
import { generateBuilds } from '../../../../infra/capacity/builds/synthetic-builds';
import { ClassConfig } from '../../../../infra/capacity/config';
import { busiestHours } from '../../../../infra/capacity/trace/busiest-hours';
import { growTrace } from '../../../../infra/capacity/trace/grow-trace';
import { type PlacementRules, placeBuild } from '../../../../infra/capacity/trace/place-build';
import { toTrace } from '../../../../infra/capacity/trace/to-trace';
import { at, columnsOf } from './columns';

const GI = 2 ** 30;
const SLOT = { cpu: 2, memory: 6 * GI };

describe('placeBuild', () => {
  const trigger = { triggers: [{ event: 'patchset-created' }] };
  const rules: PlacementRules = {
    pipelines: Pipelines.parse([
      { name: 'check', ...trigger },
      { name: 'gate', trust: 'post-review', ...trigger },
    ]),
    classes: {
      default: ClassConfig.parse({ executors: 4 }),
      heavy: ClassConfig.parse({ executors: 4, pool: 'heavy' }),
    },
    classOf: new Map([
      ['mediawiki/core', 'heavy'],
      ['operations/puppet', 'default'],
    ]),
  };
  const build = { startMs: 0, endMs: 1 };

  test.each([
    ['the pool the log names', { pool: 'security', pipeline: 'gate', project: 'mediawiki/core' }, 'security', 10_000],
    ["its class's pool, whatever the pipeline", { pipeline: 'gate', project: 'mediawiki/core' }, 'heavy', 10_000],
    ["its pipeline's pool", { pipeline: 'gate', project: 'operations/puppet' }, 'gate', 10_000],
    ['check, when nothing is known', { pipeline: 'unheard-of' }, 'check', 1000],
    ['check, when the pool is none of ours', { pool: 'jenkins-agents' }, 'check', 1000],
    ['gate with its priority, when only the pool is known', { pool: 'gate' }, 'gate', 10_000],
  ])('a build runs in %s', (_, said, pool, priority) => {
    expect(placeBuild({ ...build, ...said }, rules)).toMatchObject({ pool, priority });
  });

  test('is counted for its class; for its project when that has none', () => {
    expect(placeBuild({ ...build, project: 'mediawiki/core' }, rules).group).toBe('class heavy');
    expect(placeBuild({ ...build, project: 'labs/tool' }, rules).group).toBe('labs/tool');
    expect(placeBuild(build, rules).group).toBe('all');
  });
});

describe('toTrace', () => {
  test('builds come in order of start, in seconds since the first', () => {
    const trace = toTrace(
      columnsOf([
        { startMs: 9000, endMs: 12_000 },
        { startMs: 5000, endMs: 65_000 },
      ]),
      { slot: SLOT },
    );
    expect([[...trace.arrival], [...trace.duration]]).toEqual([
      [0, 4],
      [60, 3],
    ]);
  });

  test('a build that says no requests takes a slot; another what it says, in quarters rounded up', () => {
    const trace = toTrace(
      columnsOf([
        { startMs: 0, endMs: 1 },
        { startMs: 1, endMs: 2, cpu: 3.9, memoryBytes: 7.8 * GI },
      ]),
      { slot: SLOT },
    );
    expect(trace.shapes.map(({ cpu, memory }) => [cpu, memory / GI])).toEqual([
      [2, 6],
      [4, 8],
    ]);
  });

  test('however many different requests there are, few kinds are told apart, none smaller than it says', () => {
    const builds = Array.from({ length: 5000 }, (_, index) => ({
      startMs: index,
      endMs: index + 1,
      cpu: 0.1 + index / 100,
      memoryBytes: GI + index * 2 ** 24,
    }));
    const { shapes, shape } = toTrace(columnsOf(builds), { slot: SLOT });
    expect(shapes.length).toBeLessThanOrEqual(128);
    for (const [index, { cpu, memoryBytes }] of builds.entries()) {
      const kind = shapes[shape[index] ?? 0];
      expect(kind?.cpu).toBeGreaterThanOrEqual(cpu - 1e-3);
      expect(kind?.memory).toBeGreaterThanOrEqual(memoryBytes * (1 - 1e-6));
    }
  });

  test('one pool and what began since a day can be asked for', () => {
    const columns = columnsOf([
      { startMs: 0, endMs: 1, pool: 'gate' },
      { startMs: 10, endMs: 11, pool: 'gate' },
      { startMs: 20, endMs: 21, pool: 'heavy' },
    ]);
    expect(toTrace(columns, { slot: SLOT, pool: 'gate', sinceMs: 5 }).arrival).toHaveLength(1);
  });
});

describe('growTrace', () => {
  const trace = toTrace(columnsOf([...generateBuilds(1, { builds: 20_000, days: 28 })]), { slot: SLOT });

  test('there are so many times the builds, still in order, and each of the first is there', () => {
    const grown = growTrace(trace, 1.44);
    expect(grown.arrival.length / trace.arrival.length).toBeCloseTo(1.44, 1);
    expect([...grown.arrival].every((time, build) => time >= (grown.arrival[build - 1] ?? 0))).toBe(true);
    const times = new Set(grown.arrival);
    expect([...trace.arrival].every((time) => times.has(time))).toBe(true);
  });

  test('the same growth gives the same builds, and none gives the trace itself', () => {
    expect(growTrace(trace, 1.2).arrival).toEqual(growTrace(trace, 1.2).arrival);
    expect(growTrace(trace, 1).arrival).toEqual(trace.arrival);
  });
});

describe('busiestHours', () => {
  test('is the mean of the hour, not the most at a moment', () => {
    const columns = columnsOf([
      { startMs: at('2019-06-09T10:00Z'), endMs: at('2019-06-09T10:30Z') },
      { startMs: at('2019-06-09T10:00Z'), endMs: at('2019-06-09T10:15Z') },
    ]);
    expect(busiestHours(columns, 'UTC')).toEqual(new Map([['2019-06-09', 0.75]]));
  });

  test('a build of many hours fills each of them', () => {
    const columns = columnsOf([
      { startMs: at('2019-06-09T10:30Z'), endMs: at('2019-06-10T02:00Z') },
      { startMs: at('2019-06-09T12:00Z'), endMs: at('2019-06-09T13:00Z') },
    ]);
    expect(busiestHours(columns, 'UTC')).toEqual(
      new Map([
        ['2019-06-09', 2],
        ['2019-06-10', 1],
      ]),
    );
  });

  test('days are those of the time zone', () => {
    const columns = columnsOf([{ startMs: at('2019-06-09T23:00Z'), endMs: at('2019-06-10T00:00Z') }]);
    expect(busiestHours(columns, 'Europe/Berlin')).toEqual(new Map([['2019-06-10', 1]]));
  });

  test('agrees with adding up every second', () => {
    const builds = [...generateBuilds(3, { builds: 300, days: 3 })];
    const seconds = new Map<number, number>();
    for (const { startMs, endMs } of builds) {
      for (let ms = startMs; ms < endMs; ms += 1000) {
        const hour = Math.floor(ms / 3_600_000);
        seconds.set(hour, (seconds.get(hour) ?? 0) + Math.min(1000, endMs - ms) / 3_600_000);
      }
    }
    const byDate = new Map<string, number>();
    for (const [hour, load] of seconds) {
      const date = new Date(hour * 3_600_000).toISOString().slice(0, 10);
      byDate.set(date, Math.max(byDate.get(date) ?? 0, load));
    }
    for (const [date, load] of busiestHours(columnsOf(builds), 'UTC'))
      expect(load).toBeCloseTo(byDate.get(date) ?? 0, 2);
  });
});
