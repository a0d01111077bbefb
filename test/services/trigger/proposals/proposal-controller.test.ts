import { pino } from 'pino';
import type { Decision } from '../../../../core/decision';
import type { GerritEvent } from '../../../../core/gerrit-event';
import { TransientError } from '../../../../services/shared/errors';
import { NOTHING } from '../../../../services/trigger/admission/model-amount';
import { NO_LIMITS } from '../../../../services/trigger/admission/model-pod';
import type { ChangeNow, DefinitionNow, ProjectNow } from '../../../../services/trigger/decide';
import type { DefinitionText } from '../../../../services/trigger/ports';
import { ProposalController } from '../../../../services/trigger/proposals/proposal-controller';
import { change, DEFINITION, event, found, NAMESPACE, REVISION } from '../fixtures';
import { CHECK, DEFINITIONS, PATH, POST, textOf } from './fixtures';

const KEY = `local:patchset-created:demo:7:${REVISION}`;
const PAIR = { key: KEY, pipeline: 'definitions', project: 'demo' };
const proposal = (overrides: Partial<GerritEvent> = {}): GerritEvent =>
  event({ change: { project: 'demo', branch: 'refs/meta/config', number: 7 }, ...overrides });

/** Gerrit and the ledger around the controller. There is no cluster to make anything in: it is given none. */
class World {
  event: GerritEvent | undefined = proposal();
  change: ChangeNow | undefined = change();
  project: ProjectNow = { kind: 'ready', namespace: NAMESPACE, class: 'default' };
  merged: DefinitionNow = { kind: 'absent', commit: 'c'.repeat(40) };
  files: readonly string[] = [PATH];
  text: DefinitionText | undefined = textOf(DEFINITION);
  readonly decisions: [string, Decision][] = [];
  readonly read: string[] = [];

  readonly controller = new ProposalController({
    server: 'local',
    fetchUrl: 'http://gerrit.test',
    pipelines: [CHECK, POST, DEFINITIONS],
    pools: [],
    classPools: {},
    log: pino({ level: 'silent' }),
    quotas: { room: async () => ({ hard: {}, limits: NO_LIMITS, look: { hard: {}, used: NOTHING, at: 0 } }) },
    ledger: {
      findEvent: async (key) => this.event && { key, event: this.event, receivedAt: '2026-01-01T00:00:00Z' },
      putReceipt: async () => 'received',
      putDecision: async (_key, pipeline, decision) => {
        this.decisions.push([pipeline, decision]);
        return 'recorded';
      },
      dryRun: async () => ({ events: 200, pipelines: { check: { would: 12, may: 0 } } }),
    },
    changes: { find: async () => this.change },
    filterFacts: { find: async () => ({ files: this.files }) },
    projects: { find: async () => this.project },
    definitions: {
      find: async () => this.merged,
      at: async (_project, commit, path) => {
        this.read.push(`${commit} ${path}`);
        if (this.text === undefined) throw new TransientError('Gerrit has not indexed it yet');
        return this.text;
      },
    },
  });

  run = () => this.controller.handle(PAIR, Date.now());
}

test('what a patch set proposes is read at its revision, reviewed and recorded', async () => {
  const world = new World();

  await world.run();

  expect(world.read).toEqual([`${REVISION} ${PATH}`]);
  expect(world.decisions).toEqual([
    [
      'definitions',
      expect.objectContaining({
        kind: 'reviewed',
        findings: [],
        summary: expect.arrayContaining([expect.stringContaining('12 of the last 200 events')]),
      }),
    ],
  ]);
});

test('is for pipelines that review, and leaves the others to who runs them', () => {
  const { controller } = new World();

  expect(['definitions', 'check', 'x'].map((name) => controller.has(name))).toEqual([true, false, false]);
});

test('a second try comes to the same decision', async () => {
  const world = new World();

  await world.run();
  await world.run();

  expect(world.decisions[1]).toEqual(world.decisions[0]);
});

test.each<[string, Partial<World>, object]>([
  [
    'another patch set is the current one',
    { change: change({ currentRevision: 'b'.repeat(40) }) },
    { reason: 'not-the-current-patch-set' },
  ],
  ['the change is closed', { change: change({ status: 'ABANDONED' }) }, { reason: 'change-closed' }],
  ['the change is private', { change: change({ isPrivate: true }) }, { reason: 'private-change' }],
  ['the change is not there for us', { change: undefined }, { reason: 'change-not-visible' }],
  ['no definition is touched', { files: ['project.config'] }, { reason: 'conditions-not-met' }],
  [
    'what it touches there is no definition',
    { files: ['seakeeper/README.md'] },
    { objections: ['the patch set touches no definition'] },
  ],
])('nothing is reviewed when %s', async (_what, facts, decision) => {
  const world = Object.assign(new World(), facts);

  await world.run();

  expect(world.decisions).toMatchObject([['definitions', { kind: 'filtered', ...decision }]]);
  expect(world.read).toEqual([]);
});

test('names that look like definitions are looked at, and files elsewhere are not', async () => {
  const world = new World();
  world.files = ['seakeeper/check.yml', 'seakeeper/old/check.yaml', 'docs/check.yaml', PATH, 'groups'];

  await world.run();

  expect(world.read.map((each) => each.split(' ')[1]).sort()).toEqual([
    'seakeeper/check.yaml',
    'seakeeper/check.yml',
    'seakeeper/old/check.yaml',
  ]);
});

test.each<[string, Partial<World>]>([
  ['Gerrit does not show the patch set yet', { text: undefined }],
  [
    'refs/meta/config is not for us to read',
    { merged: { kind: 'not-readable', reason: 'no READ on refs/meta/config' } },
  ],
])('it is tried again, and nothing recorded, while %s', async (_what, facts) => {
  const world = Object.assign(new World(), facts);

  await expect(world.run()).rejects.toThrow(TransientError);
  expect(world.decisions).toEqual([]);
});

test('a merged definition is what the proposed one is compared with', async () => {
  const world = new World();
  world.merged = found(DEFINITION.replace('busybox:1.36', 'busybox:1.35'));

  await world.run();

  expect(JSON.stringify(world.decisions)).toContain('+ busybox:1.36, - busybox:1.35');
});

test('an event that the ledger does not know any more comes to nothing', async () => {
  const world = new World();
  world.event = undefined;

  await expect(world.run()).resolves.toBeUndefined();
  expect(world.decisions).toEqual([]);
});
