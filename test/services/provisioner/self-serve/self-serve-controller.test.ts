import { pino } from 'pino';
import { Pipelines } from '../../../../core/pipeline';
import { SelfServeConfig } from '../../../../core/service-config';
import type { GerritNow, ProjectNow, Refusal, ServedRecord } from '../../../../services/provisioner/self-serve/decide';
import type { Gerrit, Projects, Records } from '../../../../services/provisioner/self-serve/ports';
import { SelfServeController } from '../../../../services/provisioner/self-serve/self-serve-controller';

const NOW = Date.parse('2026-01-02T00:00:00Z');
const PIPELINES = Pipelines.parse([
  { name: 'check', triggers: [{ event: 'patchset-created' }] },
  { name: 'off', enabled: false, triggers: [{ event: 'patchset-created' }] },
]);

/** A Gerrit and a cluster in memory, which keep what they are told. */
class World {
  readonly gerritNow = new Map<string, GerritNow>();
  readonly objects = new Map<string, ProjectNow>();
  readonly recorded = new Map<string, ServedRecord>();
  readonly told: { project: string; refusal: Refusal; who: string }[] = [];
  readonly asked: string[][] = [];
  readonly order: string[] = [];
  config: Partial<SelfServeConfig> = {};
  /** What happens while somebody is told. */
  onTell: () => void = () => undefined;
  readonly controller: SelfServeController;

  constructor() {
    const gerrit: Gerrit = {
      list: async function* () {},
      look: async (project, pipelines) => {
        this.asked.push([...pipelines]);
        return this.gerritNow.get(project) ?? { kind: 'gone', forMs: 0 };
      },
      bringer: async (_project, commit, hint) => (hint?.commit === commit ? (hint.submitter ?? '') : 'committer'),
      tell: async (project, refusal, who) => {
        this.told.push({ project, refusal, who });
        this.onTell();
        return 'told';
      },
      withdraw: async () => undefined,
    };
    const projects: Projects = {
      find: async (name) => this.objects.get(name),
      ours: () => [],
      isOurs: (name) => this.objects.get(name)?.origin === 'self-serve',
      commitOf: (name) => this.objects.get(name)?.found?.commit,
      countBeside: (name) => [...this.objects.keys()].filter((other) => other !== name).length,
      create: async (gerritName, { visibility }) => {
        await Promise.resolve();
        this.objects.set(gerritName, { gerritName, origin: 'self-serve', visibility, found: undefined });
        return 'created';
      },
      putFound: async (name, found) => {
        const object = this.objects.get(name);
        if (object !== undefined) this.objects.set(name, { ...object, found });
      },
      putVisibility: async () => undefined,
      retire: async (name) => {
        this.order.push('retired');
        this.objects.delete(name);
      },
    };
    const records: Records = {
      find: (name) => this.recorded.get(name),
      servedSince: (by, since, beside) =>
        [...this.recorded]
          .filter(([name, record]) => name !== beside && record.by === by)
          .map(([, { at }]) => Date.parse(at))
          .filter((at) => at > since),
      put: async (name, record) => {
        this.order.push('recorded');
        this.recorded.set(name, record);
      },
    };
    this.controller = new SelfServeController({
      gerrit,
      projects,
      records,
      config: () => ({ selfServe: SelfServeConfig.parse({ enabled: true, ...this.config }), pipelines: PIPELINES }),
      log: pino({ level: 'silent' }),
      now: () => NOW,
    });
  }

  push(project: string, commit: string, by?: string, pipelines = ['check']): void {
    const definitions = pipelines.map((pipeline) => ({ pipeline, findings: [] }));
    this.gerritNow.set(project, { kind: 'there', state: 'ACTIVE', commit, definitions, public: true });
    if (by !== undefined) this.controller.note(project, { commit, submitter: by });
  }
}

const listed = (name: string, commit: string) => ({ name, commit, state: 'ACTIVE' as const });

let world: World;
beforeEach(() => {
  world = new World();
});

test('a definition makes the Project, tells what was found, and notes who brought it', async () => {
  world.push('a', 'c1', 'ann');
  await world.controller.handle('a');

  expect(world.objects.get('a')).toMatchObject({ found: { commit: 'c1', pipelines: ['check'] } });
  expect(world.recorded.get('a')).toEqual({ commit: 'c1', by: 'ann', at: '2026-01-02T00:00:00.000Z' });
  expect(world.asked).toEqual([['check']]);
});

test('a push that no event told of is its committer’s', async () => {
  world.push('a', 'c1', undefined);
  world.controller.note('a', { commit: 'another', submitter: 'eve' });
  await world.controller.handle('a');

  expect(world.recorded.get('a')?.by).toBe('committer');
});

test('a Project that somebody deletes stays away until the definition changes', async () => {
  world.push('a', 'c1', 'ann');
  await world.controller.handle('a');
  world.push('a', 'c2', 'ann');
  await world.controller.handle('a');
  world.objects.delete('a');
  await world.controller.handle('a');
  expect(world.objects.size).toBe(0);
  expect(world.controller.isNews(listed('a', 'c2'))).toBe(false);

  world.push('a', 'c3', 'ann');
  expect(world.controller.isNews(listed('a', 'c3'))).toBe(true);
  await world.controller.handle('a');
  expect(world.objects.size).toBe(1);
});

test('so does one of stack config that is taken off the list', async () => {
  world.objects.set('a', { gerritName: 'a', origin: 'stack', visibility: 'public', found: undefined });
  world.push('a', 'c1', 'ann');
  await world.controller.handle('a');
  world.objects.delete('a');
  await world.controller.handle('a');

  expect(world.objects.size).toBe(0);
});

test('a removal is noted before the Project goes, so that what comes back is served again', async () => {
  world.push('a', 'c1', 'ann');
  await world.controller.handle('a');
  world.order.length = 0;
  world.push('a', 'c2', 'ann', []);
  await world.controller.handle('a');

  expect(world.order).toEqual(['recorded', 'retired']);
  world.push('a', 'c1', 'ann');
  await world.controller.handle('a');
  expect(world.objects.size).toBe(1);
});

test('many at once keep to the budget', async () => {
  world.config = { most: 3 };
  const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
  for (const name of names) world.push(name, 'c', `person-${name}`);
  await Promise.all(names.map((name) => world.controller.handle(name)));

  expect(world.objects.size).toBe(3);
  expect(world.told.map(({ refusal }) => refusal.reason)).toEqual(Array(9).fill('no-room'));
  expect(names.filter((name) => world.controller.isNews(listed(name, 'c')))).toHaveLength(9);
});

test('many of one person at once keep to the rate, wait their day, and others are served meanwhile', async () => {
  world.config = { perOwnerPerDay: 2 };
  for (const name of ['p1', 'p2', 'p3']) world.push(name, 'c', 'ann');
  world.push('q', 'c', 'bob');
  const waits = await Promise.all(['p1', 'p2', 'p3', 'q'].map((name) => world.controller.handle(name)));

  expect([...world.objects.keys()].sort()).toEqual(['p1', 'p2', 'q']);
  expect(waits[2]).toBe(86_400_000 + 1_000);
  expect(world.told).toMatchObject([{ project: 'p3', who: 'ann', refusal: { reason: 'too-many-of-one-person' } }]);
});

test('whoever deletes and pushes again has not used up less of the rate', async () => {
  world.config = { perOwnerPerDay: 2 };
  for (const name of ['p1', 'p2']) {
    world.push(name, 'c', 'ann');
    await world.controller.handle(name);
    world.push(name, 'c2', 'ann', []);
    await world.controller.handle(name);
  }
  world.push('p3', 'c', 'ann');
  await world.controller.handle('p3');

  expect(world.objects.size).toBe(0);
  expect(world.told).toHaveLength(1);
});

test('what was refused is not read again by a sweep until the rules change', async () => {
  world.config = { deny: ['^a'] };
  world.push('a', 'c1', 'ann');
  await world.controller.handle('a');
  expect(world.controller.isNews(listed('a', 'c1'))).toBe(false);

  world.config = {};
  expect(world.controller.isNews(listed('a', 'c1'))).toBe(true);
  expect(world.controller.forgetOutdated()).toBe(true);
  expect(world.controller.forgetOutdated()).toBe(false);
});

test('what is refused by rules that have changed meanwhile is read again', async () => {
  world.config = { deny: ['^a'] };
  world.push('a', 'c1', 'ann');
  world.onTell = () => {
    world.config = {};
    expect(world.controller.forgetOutdated()).toBe(false);
  };
  await world.controller.handle('a');

  expect(world.told).toHaveLength(1);
  expect(world.controller.isNews(listed('a', 'c1'))).toBe(true);
  expect(world.controller.forgetOutdated()).toBe(true);
});

test('an archived project is read by a sweep only when it has a Project', async () => {
  const archived = { name: 'a', commit: 'c1', state: 'READ_ONLY' as const };
  expect(world.controller.isNews(archived)).toBe(false);

  world.push('a', 'c1', 'ann');
  await world.controller.handle('a');
  expect(world.controller.isNews(archived)).toBe(true);
});
