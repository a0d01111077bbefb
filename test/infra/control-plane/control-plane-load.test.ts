import { ControlPlaneConfig } from '../../../infra/control-plane/config';
import {
  type ControlPlaneFacts,
  controlPlaneLoad,
  pastBudget,
  summarizeLoad,
} from '../../../infra/control-plane/control-plane-load';

const MEBIBYTE = 2 ** 20;

const idle = (projects = 2_000): ControlPlaneFacts => ({
  system: { objects: 160, bytes: 300_000 },
  projects: [{ name: 'class default', count: projects, each: { objects: 20, bytes: 18_000 } }],
  stepsPerRun: 3,
});
const facts = (): ControlPlaneFacts => ({ ...idle(), runs: { perDay: 4_800, perSecond: 0.3, keptHours: 24 } });

const budget = (changes: Partial<ControlPlaneConfig & { etcdBytes: number }> = {}) => ({
  ...ControlPlaneConfig.parse({}),
  etcdBytes: 8 * 1024 * MEBIBYTE,
  ...changes,
});

describe('the load of a control plane', () => {
  test('grows with the projects by exactly what each is made of', () => {
    const one = controlPlaneLoad(idle(1));
    const hundred = controlPlaneLoad(idle(100));
    expect(hundred.namespaces - one.namespaces).toBe(99);
    expect(hundred.total.objects - one.total.objects).toBe(99 * 20);
  });

  test('holds as many runs as are made while one is kept, with their pods', () => {
    const { lines } = controlPlaneLoad(facts());
    expect(lines.find(({ name }) => name === 'runs')?.objects).toBe(4_800);
    expect(lines.find(({ name }) => name === 'pods of runs')?.objects).toBe(14_400);
  });

  test('leaves out what no demand is known of', () => {
    const load = controlPlaneLoad(idle());
    expect(load.lines.map(({ name }) => name)).toEqual([
      'the system itself',
      'projects, class default',
      'old revisions while everything is written anew',
    ]);
    expect(load.watchEventsPerSecond).toBe(0);
  });

  test('counts an event once for each who is told of it', () => {
    const { watches, watchEventsPerSecond } = controlPlaneLoad(facts());
    const pods = watches.find(({ kind }) => kind === 'Pod');
    expect(pods?.changes).toBeCloseTo(0.3 * 9 * 3);
    expect(watchEventsPerSecond).toBeCloseTo(
      watches.reduce((sum, each) => sum + each.changes * each.watchers.length, 0),
    );
  });

  test('is said in one line', () => {
    expect(summarizeLoad(controlPlaneLoad(facts()))).toMatch(
      /^2000 project namespaces, \d+ objects, \d+ MiB of etcd, \d+ events a second to watchers at the busiest$/,
    );
  });
});

describe('the budget', () => {
  test('lets pass what is within it', () => {
    expect(pastBudget(controlPlaneLoad(facts()), budget())).toEqual([]);
  });

  test('refuses more namespaces than allowed, with the figures', () => {
    expect(pastBudget(controlPlaneLoad(facts()), budget({ namespaces: 1_999 }))).toEqual([
      '2000 project namespaces, allowed are 1999; list fewer projects, lower selfServe.most, or take another cluster',
    ]);
  });

  test('refuses what etcd cannot hold, and names the largest part', () => {
    const [problem] = pastBudget(controlPlaneLoad(facts()), budget({ etcdBytes: 100 * MEBIBYTE }));
    expect(problem).toMatch(
      /^71360 objects take \d+ MiB of etcd, allowed are 100 MiB; most of it is pods of runs \(165 MiB\): /,
    );
  });

  test('refuses more events than watchers are handed', () => {
    const [problem] = pastBudget(controlPlaneLoad(facts()), budget({ watchEventsPerSecond: 10 }));
    expect(problem).toMatch(/^\d+ events a second to watchers, allowed are 10; measure/);
  });
});
