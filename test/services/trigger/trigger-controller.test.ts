import { pino } from 'pino';
import type { Decision } from '../../../core/decision';
import type { GerritEvent } from '../../../core/gerrit-event';
import { AdmissionConfig } from '../../../core/service-config';
import { TransientError } from '../../../services/shared/errors';
import type { GerritFacts } from '../../../services/shared/filter/model-facts';
import { Admission } from '../../../services/trigger/admission/admission';
import { NOTHING } from '../../../services/trigger/admission/model-amount';
import { NO_LIMITS } from '../../../services/trigger/admission/model-pod';
import type { Room } from '../../../services/trigger/admission/ports';
import type { ChangeNow, DefinitionNow, ProjectNow, StopOlder } from '../../../services/trigger/decide';
import type { CreateOutcome, Pair, StoppedBy } from '../../../services/trigger/ports';
import type { WorkflowManifest } from '../../../services/trigger/render-workflow';
import { TriggerController } from '../../../services/trigger/trigger-controller';
import { COMMIT, change, event, found, KEY, NAMESPACE, pipeline } from './fixtures';

const PAIR: Pair = { key: KEY, pipeline: 'check', project: 'demo' };

/** Starts on files below `src` only. */
const FILES = pipeline({ name: 'files', triggers: [{ event: 'patchset-created', file: { glob: 'src/**' } }] });

/** Comments that say `cancel` take a change out of it. */
const CANCELLABLE = pipeline({
  name: 'cancellable',
  triggers: [{ event: ['patchset-created', 'comment-added'] }],
  dequeue: [{ event: 'comment-added', command: 'cancel' }],
});

/** The world around the trigger: remembers what was done to it, and fails once where told to. */
class World {
  event: GerritEvent | undefined = event();
  receivedAt = '2026-01-01T00:00:00Z';
  project: ProjectNow = { kind: 'ready', namespace: NAMESPACE, class: 'default' };
  definition: DefinitionNow = found();
  change: ChangeNow | undefined = change();
  outcome: 'created' | 'foreign' | 'refused' | 'not-now' = 'created';
  readonly decisions: Decision[] = [];
  private readonly standing = new Map<string, Decision>();
  readonly created: WorkflowManifest[] = [];
  readonly stopped: [StopOlder, StoppedBy | undefined][] = [];
  readonly terminated: string[] = [];
  readonly asked: string[] = [];
  known: GerritFacts = {};
  readonly needs: string[] = [];
  readonly failOnce = new Set<string>();
  room: Room = { hard: {}, limits: NO_LIMITS, look: { hard: {}, used: NOTHING, at: Date.now() } };
  readonly turns: Pair[] = [];
  readonly admission = new Admission({
    config: AdmissionConfig.parse({ parallelism: 1 }),
    quotas: { look: async () => this.room.look },
    ledger: { putDecision: async () => 'recorded' },
    log: pino({ level: 'silent' }),
    onTurn: (pair) => void this.turns.push(pair),
  });

  readonly controller = new TriggerController({
    server: 'local',
    fetchUrl: 'http://gerrit.test',
    pipelines: [pipeline({ triggers: [{ event: ['patchset-created', 'comment-added'] }] }), FILES, CANCELLABLE],
    pools: [],
    classPools: {},
    log: pino({ level: 'silent' }),
    admission: this.admission,
    quotas: { room: async () => this.room },
    ledger: {
      findEvent: async (key) => this.event && { key, event: this.event, receivedAt: this.receivedAt },
      putReceipt: async () => 'received',
      putDecision: async (key, _pipeline, decision) => this.decide(key, decision),
    },
    changes: { find: async () => this.change },
    filterFacts: {
      find: async (_event, needs) => {
        this.needs.push(...needs.map(({ kind }) => kind));
        this.fail('facts');
        return this.known;
      },
    },
    projects: {
      find: async (project) => {
        this.asked.push(project);
        return this.project;
      },
    },
    definitions: {
      find: async () => {
        this.fail('definition');
        return this.definition;
      },
    },
    workflows: {
      create: async (manifest) => this.create(manifest),
      find: async (namespace, { name }) =>
        this.created.some(({ metadata }) => metadata.name === name)
          ? { workflow: { namespace, name, uid: `uid-${name}` }, definitionCommit: COMMIT }
          : undefined,
      terminate: async ({ name }) => void this.terminated.push(name),
      stop: async (older, by) => {
        this.fail('stop');
        this.stopped.push([older, by]);
        return [];
      },
    },
  });

  constructor() {
    this.admission.synced();
  }

  run = (pair: Pair = PAIR) => this.controller.handle(pair, Date.now());

  private fail(what: string): void {
    if (this.failOnce.delete(what)) {
      throw new TransientError(what);
    }
  }

  private decide(key: string, decision: Decision): 'recorded' | 'another-stands' {
    this.fail('decision');
    const standing = this.standing.get(key);
    if (standing !== undefined) {
      return JSON.stringify(standing) === JSON.stringify(decision) ? 'recorded' : 'another-stands';
    }
    this.decisions.push(decision);
    if (decision.kind !== 'queued') {
      this.standing.set(key, decision);
    }
    return 'recorded';
  }

  private create(manifest: WorkflowManifest): CreateOutcome {
    this.fail('create');
    if (this.outcome !== 'created') {
      return { kind: this.outcome, reason: 'because' };
    }
    const { name, namespace } = manifest.metadata;
    const repeated = this.created.some(({ metadata }) => metadata.name === name);
    if (!repeated) {
      this.created.push(manifest);
    }
    return {
      kind: repeated ? 'repeated' : 'created',
      workflow: { namespace, name, uid: `uid-${name}` },
      createdAt: 'T',
    };
  }
}

test('an event becomes one Workflow and one decision with its UID', async () => {
  const world = new World();

  await expect(world.run()).resolves.toBeUndefined();

  const name = world.created[0]?.metadata.name ?? '';
  expect(world.decisions).toEqual([
    { kind: 'spawned', workflow: { namespace: NAMESPACE, name, uid: `uid-${name}` }, definitionCommit: COMMIT },
  ]);
  expect(world.stopped).toEqual([[expect.objectContaining({ belowPatchSet: 2 }), { name, onlyBefore: undefined }]]);
});

test.each(['definition', 'create', 'decision', 'stop'])(
  'a failure at %s is repeated and ends in the same one Workflow and decision',
  async (step) => {
    const world = new World();
    world.failOnce.add(step);

    await expect(world.run()).rejects.toBeInstanceOf(TransientError);
    await world.run();

    expect(world.created).toHaveLength(1);
    expect(world.decisions).toHaveLength(1);
    expect(world.stopped).toHaveLength(1);
  },
);

test('a repeat whose definition has changed meanwhile keeps the run it made', async () => {
  const world = new World();
  await world.run();
  world.definition = found(undefined, 'd'.repeat(40));

  await world.run();

  expect(world.created).toHaveLength(1);
  expect(world.terminated).toEqual([]);
});

test.each([
  ['there is a newer patch set', { change: change({ currentRevision: 'b'.repeat(40) }) }],
  ['its change is merged', { change: change({ status: 'MERGED' }) }],
  ['its definition is revoked', { definition: { kind: 'absent' as const } }],
])('a run that an earlier try made and could not record is recorded, though by now %s', async (_why, later) => {
  const world = new World();
  world.failOnce.add('decision');
  await expect(world.run()).rejects.toBeInstanceOf(TransientError);
  Object.assign(world, later);

  await world.run();

  const name = world.created[0]?.metadata.name ?? '';
  expect(world.decisions).toEqual([
    { kind: 'spawned', workflow: { namespace: NAMESPACE, name, uid: `uid-${name}` }, definitionCommit: COMMIT },
  ]);
  expect(world.terminated).toEqual([]);
});

test('a run that was made against the standing decision is stopped again', async () => {
  const world = new World();
  world.definition = { kind: 'absent' };
  await world.run();
  world.definition = found();

  await world.run();

  expect(world.decisions).toEqual([{ kind: 'filtered', reason: 'no-definition' }]);
  expect(world.terminated).toEqual([world.created[0]?.metadata.name]);
});

test('what waits says why once, and is looked at again', async () => {
  const world = new World();
  world.project = { kind: 'not-ready', reason: 'no account' };

  const waits = [await world.run(), await world.run()];
  world.project = { kind: 'ready', namespace: NAMESPACE, class: 'default' };
  await world.run();

  expect(waits).toEqual([expect.any(Number), expect.any(Number)]);
  expect(world.decisions.map(({ kind }) => kind)).toEqual(['queued', 'spawned']);
});

test('a run for which there is no room waits, and says so', async () => {
  const world = new World();
  world.outcome = 'not-now';
  const wait = await world.run();
  world.outcome = 'created';
  await world.run();

  expect(wait).toBeGreaterThan(0);
  expect(world.decisions).toMatchObject([{ kind: 'queued', reason: 'because' }, { kind: 'spawned' }]);
});

test('without a place to run Gerrit is not asked', async () => {
  const world = new World();
  world.project = { kind: 'absent' };
  world.failOnce.add('definition');

  await world.run();

  expect(world.decisions).toEqual([{ kind: 'filtered', reason: 'no-project' }]);
});

test('a message that names another project than its event changes nothing', async () => {
  const world = new World();

  await world.run({ ...PAIR, project: 'other' });

  expect(world.asked).toEqual(['other', 'demo']);
  expect(world.created[0]?.metadata.annotations).toMatchObject({ 'seakeeper.wikimedia.org/project': 'demo' });
});

test('an event that the ledger has forgotten is let go', async () => {
  const world = new World();
  world.event = undefined;

  await expect(world.run()).resolves.toBeUndefined();
  expect(world.decisions).toEqual([]);
});

test('somebody else’s Workflow under the name is a dead letter', async () => {
  const world = new World();
  world.outcome = 'foreign';

  await world.run();

  expect(world.decisions).toEqual([{ kind: 'dead-lettered', reason: 'because' }]);
});

test('a Workflow that the cluster refuses is told to the author', async () => {
  const world = new World();
  world.outcome = 'refused';

  await world.run();

  expect(world.decisions).toMatchObject([
    { kind: 'rejected', findings: [{ line: 1, message: 'the cluster refuses the Workflow: because' }] },
  ]);
});

test('older runs are stopped before a decision that runs nothing is recorded', async () => {
  const world = new World();
  world.definition = { kind: 'absent' };
  world.failOnce.add('stop');

  await expect(world.run()).rejects.toBeInstanceOf(TransientError);
  expect(world.decisions).toEqual([]);

  await world.run();
  expect(world.stopped).toHaveLength(1);
  expect(world.decisions).toHaveLength(1);
});

describe('a run that has to wait', () => {
  const other = {
    key: 'ci-other/1',
    namespace: 'ci-other',
    projectClass: 'default',
    precedence: 'check',
    need: NOTHING,
  } as const;
  const busy = () => {
    const world = new World();
    world.admission.seen(other);
    return world;
  };

  test('is parked, records nothing and stops what it replaces', async () => {
    const world = busy();

    await expect(world.run()).resolves.toBe('parked');

    expect(world.created).toEqual([]);
    expect(world.decisions).toEqual([]);
    expect(world.stopped).toEqual([
      [
        expect.objectContaining({ belowPatchSet: 2 }),
        { name: expect.stringContaining('demo-7-2-check-'), onlyBefore: undefined },
      ],
    ]);
  });

  test('goes when its turn has come, with the definition as it is then', async () => {
    const world = busy();
    await world.run();
    world.definition = found(undefined, 'd'.repeat(40));

    world.admission.gone(other.key);
    expect(world.turns).toEqual([PAIR]);
    await world.run();

    expect(world.decisions).toMatchObject([{ kind: 'spawned', definitionCommit: 'd'.repeat(40) }]);
  });

  test.each<[string, Partial<ChangeNow>, string]>([
    ['a new patch set', { currentRevision: 'b'.repeat(40) }, 'not-the-current-patch-set'],
    ['an abandoned change', { status: 'ABANDONED' }, 'change-closed'],
    ['a merged change', { status: 'MERGED' }, 'change-closed'],
  ])('comes to nothing for %s, and gives its turn to the next', async (_what, now, reason) => {
    const world = busy();
    await world.run();
    world.change = change(now);

    world.admission.gone(other.key);
    await world.run();
    world.event = event({ change: { project: 'demo', branch: 'main', number: 8 } });
    world.change = change();
    await world.run({ ...PAIR, key: KEY.replace(':7:', ':8:') });

    expect(world.decisions[0]).toEqual({ kind: 'filtered', reason });
    expect(world.created).toHaveLength(1);
  });

  test('is not asked for twice: a recheck of what has not begun changes nothing', async () => {
    const world = busy();
    await world.run();
    world.event = event({ type: 'comment-added' });

    await world.run({ ...PAIR, key: KEY.replace('patchset-created', 'comment-added') });

    expect(world.decisions).toEqual([{ kind: 'filtered', reason: 'already-waiting' }]);
  });
});

describe('a change that somebody takes out', () => {
  const waits = { ...PAIR, pipeline: 'cancellable' };
  const asks = { ...waits, key: KEY.replace('patchset-created', 'comment-added') };
  const cancel = event({ type: 'comment-added', comment: 'Patch Set 2:\n\ncancel', messageId: 'm' });
  const at = (second: number) => `2026-01-01T00:00:0${second}Z`;

  test('is looked at from the front of its line: who waits is decided first, and gives the place up', async () => {
    const world = new World();
    world.admission.seen({
      key: 'ci-other/1',
      namespace: 'ci-other',
      projectClass: 'default',
      precedence: 'check',
      need: NOTHING,
    });
    await expect(world.run(waits)).resolves.toBe('parked');
    Object.assign(world, { event: cancel, receivedAt: at(5) });
    await expect(world.run(asks)).resolves.toBe(0);
    expect(world.decisions).toEqual([]);

    Object.assign(world, { event: event(), receivedAt: at(0) });
    await world.run(waits);
    Object.assign(world, { event: cancel, receivedAt: at(5) });
    await world.run(asks);

    expect(world.decisions).toEqual([
      { kind: 'filtered', reason: 'dequeued' },
      { kind: 'filtered', reason: 'stops-runs' },
    ]);
    expect(world.stopped.at(-1)).toEqual([
      expect.objectContaining({ pipeline: 'cancellable', because: 'dequeued' }),
      undefined,
    ]);
    world.admission.gone('ci-other/1');
    expect(world.turns).toEqual([]);
  });

  test('runs again when that is asked for afterwards', async () => {
    const world = new World();
    Object.assign(world, { event: cancel, receivedAt: at(5) });
    await world.run(asks);
    await world.run(asks);

    Object.assign(world, { event: event({ type: 'comment-added', comment: 'recheck' }), receivedAt: at(6) });
    await world.run({ ...asks, key: `${asks.key}0` });

    expect(world.decisions).toMatchObject([{ reason: 'stops-runs' }, { kind: 'spawned' }]);
  });
});

describe('a run that could never begin', () => {
  test('is rejected at once with what it wants, what there is and who can raise it', async () => {
    const world = new World();
    world.room = { ...world.room, hard: { 'requests.cpu': 0.005 } };

    await world.run();

    expect(world.created).toEqual([]);
    expect(world.decisions).toMatchObject([
      {
        kind: 'rejected',
        findings: [
          {
            message: expect.stringMatching(
              /a single pod of this Workflow wants requests.cpu 10m, and the whole quota of namespace ci-demo-x is 5m; .*ServiceOps, as seakeeper:classes\.default\.executors/,
            ),
          },
        ],
      },
    ]);
  });

  test('because of one container too', async () => {
    const world = new World();
    world.room = { ...world.room, limits: { ...NO_LIMITS, default: { memory: 2 ** 33 }, max: { memory: 2 ** 32 } } };

    await world.run();

    expect(world.decisions).toMatchObject([
      { kind: 'rejected', findings: [{ message: expect.stringContaining('at most 4Gi in namespace ci-demo-x') }] },
    ]);
  });
});

test('a run that is wider than the whole quota runs narrower, and a repeat of it is still the same', async () => {
  const world = new World();
  world.room = { ...world.room, hard: { pods: 7 } };
  world.definition = found(`apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: wide
  templates:
    - name: wide
      steps:
        - - name: all
            template: one
            withSequence: {count: 15}
    - name: one
      container: {image: "busybox:1.36", command: ["true"]}
`);

  await world.run();

  expect(world.created[0]?.spec['parallelism']).toBe(7);
  expect(JSON.parse(world.created[0]?.metadata.annotations['seakeeper.wikimedia.org/admitted'] ?? '')).toMatchObject({
    class: 'default',
    need: { pods: 7 },
  });
});

describe('conditions that need facts of Gerrit', () => {
  const pair = { ...PAIR, pipeline: 'files' };

  test('are asked about once the rest would run', async () => {
    const world = new World();
    world.known = { files: ['src/a.ts'] };

    await world.run(pair);

    expect(world.needs).toEqual(['files']);
    expect(world.decisions).toMatchObject([{ kind: 'spawned' }]);
  });

  test('end the event when they are not met', async () => {
    const world = new World();
    world.known = { files: ['docs/a.md'] };

    await world.run(pair);

    expect(world.decisions).toEqual([
      {
        kind: 'filtered',
        reason: 'conditions-not-met',
        objections: [expect.stringMatching(/^file does not fit, wanted .* \(pipelines\.files\..*file\)$/)],
      },
    ]);
  });

  test('cost Gerrit nothing for an event that ends before, or a pipeline that has none', async () => {
    const world = new World();
    await world.run();
    world.definition = { kind: 'absent' };
    await world.run(pair);

    expect(world.needs).toEqual([]);
  });

  test('are no silent no when Gerrit does not answer: the event is tried again', async () => {
    const world = new World();
    world.known = { files: ['src/a.ts'] };
    world.failOnce.add('facts');

    await expect(world.run(pair)).rejects.toThrow(TransientError);
    expect(world.decisions).toEqual([]);
    await world.run(pair);

    expect(world.decisions).toMatchObject([{ kind: 'spawned' }]);
  });

  test('are an error, and no endless question, when the answer is always another', async () => {
    const world = new World();

    await expect(world.run(pair)).rejects.toThrow(/is undecided after 100 questions to Gerrit/);
  });
});
