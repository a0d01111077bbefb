import fc from 'fast-check';
import { namespaceForProject, projectObjectName } from '../../../../core/project-name';
import { decide, type Facts, type GerritNow, GONE_AFTER_MS } from '../../../../services/provisioner/self-serve/decide';

const COMMIT = 'c'.repeat(40);
const OTHER = 'd'.repeat(40);
const finding = { path: 'seakeeper/check.yaml', line: 1, column: 1, message: 'kind is missing; add it' };
const valid = { pipeline: 'check', findings: [] };
const invalid = { pipeline: 'check', findings: [finding] };
type Present = Extract<GerritNow, { kind: 'there' }>;
const there = (more: Partial<Present> = {}): Present => ({
  kind: 'there',
  state: 'ACTIVE',
  commit: COMMIT,
  definitions: [valid],
  public: true,
  ...more,
});
const facts = (more: Partial<Facts> = {}): Facts => ({
  name: 'a/b',
  gerrit: there(),
  project: undefined,
  record: undefined,
  enabled: true,
  deniedBy: undefined,
  budget: { used: 0, most: 10 },
  rate: { served: [], most: 2 },
  ...more,
});
const project = (origin: string | undefined, more: Partial<NonNullable<Facts['project']>> = {}) => ({
  gerritName: 'a/b',
  origin,
  visibility: 'public' as const,
  found: { commit: COMMIT, pipelines: ['check'] },
  ...more,
});
const ours = project('self-serve');

describe('a project without a Project', () => {
  test('gets one for a valid definition, with the pipelines that have a file', () => {
    expect(decide(facts({ gerrit: there({ definitions: [valid, { pipeline: 'a', findings: [finding] }] }) }))).toEqual({
      kind: 'create',
      commit: COMMIT,
      pipelines: ['a', 'check'],
      visibility: 'public',
    });
  });

  test('that not everybody may read is private', () => {
    expect(decide(facts({ gerrit: there({ public: false }) }))).toMatchObject({
      kind: 'create',
      visibility: 'private',
    });
  });

  test.each<[string, Partial<Facts>]>([
    ['without a definition', { gerrit: there({ definitions: [] }) }],
    ['that is archived', { gerrit: there({ state: 'READ_ONLY' }) }],
    ['that is hidden', { gerrit: there({ state: 'HIDDEN', commit: undefined }) }],
    ['without refs/meta/config', { gerrit: there({ commit: undefined }) }],
    ['that we may not read', { gerrit: { kind: 'unreadable', why: 'no READ' } }],
    ['that is gone', { gerrit: { kind: 'gone', forMs: GONE_AFTER_MS } }],
    ['while self-serve is off', { enabled: false }],
    ['whose Project somebody deleted at this very commit', { record: { commit: COMMIT, by: 'p', at: '' } }],
  ])('%s gets nothing', (_, more) => {
    expect(decide(facts(more)).kind).toBe('nothing');
  });

  test.each<[string, Facts['record']]>([
    ['whose Project somebody deleted at an earlier commit', { commit: OTHER, by: 'p', at: '' }],
    ['whose Project we took back ourselves', { commit: COMMIT, by: 'p', at: '', ended: true }],
  ])('%s gets one again', (_, record) => {
    expect(decide(facts({ record })).kind).toBe('create');
  });

  test.each<[string, Partial<Facts>, object]>([
    ['invalid-definition', { gerrit: there({ definitions: [invalid] }) }, { findings: [finding] }],
    ['denied', { deniedBy: '^a/' }, { limit: '^a/' }],
    ['denied', { name: 'All-Users' }, { limit: 'All-Users' }],
    ['unsafe-name', { name: 'a b' }, {}],
    ['unsafe-name', { name: 'dеmo' }, {}],
    ['no-room', { budget: { used: 10, most: 10 } }, { limit: '10' }],
    ['too-many-of-one-person', { rate: { served: [30, 10], most: 2 } }, { limit: '2', againAt: 86_400_010 }],
    ['too-many-of-one-person', { rate: { served: [30, 10, 20], most: 2 } }, { againAt: 86_400_020 }],
  ])('is refused with the reason %s', (reason, more, expected) => {
    expect(decide(facts(more))).toEqual({
      kind: 'refuse',
      refusal: expect.objectContaining({ reason, commit: COMMIT, ...expected }),
    });
  });
});

describe('a Project of self-serve', () => {
  test.each<[string, GerritNow]>([
    ['archived', there({ state: 'READ_ONLY', definitions: [] })],
    ['hidden', there({ state: 'HIDDEN', commit: undefined, definitions: [] })],
    ['no-definition', there({ definitions: [] })],
    ['gone', { kind: 'gone', forMs: GONE_AFTER_MS }],
  ])('is retired when its Gerrit project is %s', (why, gerrit) => {
    expect(decide(facts({ project: ours, gerrit }))).toEqual({ kind: 'retire', why });
  });

  test.each<[string, GerritNow]>([
    ['its definitions are not for us to read', { kind: 'unreadable', why: 'no READ' }],
    ['Gerrit has not shown it for less than a day', { kind: 'gone', forMs: GONE_AFTER_MS - 1 }],
    ['its definitions are all broken now', there({ definitions: [invalid] })],
  ])('stays when %s', (_, gerrit) => {
    expect(decide(facts({ project: ours, gerrit })).kind).toBe('nothing');
  });

  test('stays whatever the limits are by now: they are for new ones', () => {
    const more = { deniedBy: '.', budget: { used: 99, most: 1 }, rate: { served: [1, 2, 3], most: 1 }, enabled: false };

    expect(decide(facts({ project: ours, ...more })).kind).toBe('nothing');
  });

  test('says what was found, once', () => {
    const before = project('self-serve', { found: { commit: OTHER, pipelines: ['check'] } });

    expect(decide(facts({ project: before }))).toEqual({ kind: 'update', commit: COMMIT, pipelines: ['check'] });
    expect(decide(facts({ project: ours })).kind).toBe('nothing');
  });

  test('becomes private when the project does', () => {
    expect(decide(facts({ project: ours, gerrit: there({ public: false }) }))).toMatchObject({
      kind: 'update',
      visibility: 'private',
    });
  });
});

test.each(['stack', undefined, 'made-up'])(
  'a Project of origin %s is told what was found, and nothing else',
  (origin) => {
    const before = project(origin, { found: undefined, visibility: 'private' });

    expect(decide(facts({ project: before }))).toEqual({ kind: 'update', commit: COMMIT, pipelines: ['check'] });
  },
);

const anyGerrit: fc.Arbitrary<GerritNow> = fc.oneof(
  fc.record({ kind: fc.constant('unreadable' as const), why: fc.string() }),
  fc.record({ kind: fc.constant('gone' as const), forMs: fc.nat({ max: 2 * GONE_AFTER_MS }) }),
  fc.record({
    kind: fc.constant('there' as const),
    state: fc.constantFrom('ACTIVE' as const, 'READ_ONLY' as const, 'HIDDEN' as const),
    commit: fc.constantFrom(COMMIT, OTHER, undefined),
    definitions: fc.subarray([valid, { ...invalid, pipeline: 'post' }]),
    public: fc.boolean(),
  }),
);
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  name: fc.oneof(
    fc.constantFrom('a/b', 'kube-system', '../x', 'UPPER', 'x'.repeat(200), 'a%2Fb', 'a.', 'dеmo'),
    fc.string({ minLength: 1 }),
  ),
  gerrit: anyGerrit,
  project: fc.option(
    fc.record({
      gerritName: fc.constantFrom('a/b', 'other'),
      origin: fc.constantFrom('stack', 'self-serve', undefined),
      visibility: fc.constantFrom('public' as const, 'private' as const),
      found: fc.constantFrom(undefined, { commit: COMMIT, pipelines: ['check'] }),
    }),
    { nil: undefined },
  ),
  record: fc.constantFrom(
    undefined,
    { commit: COMMIT, by: 'p', at: '' },
    { commit: COMMIT, by: 'p', at: '', ended: true },
  ),
  enabled: fc.boolean(),
  deniedBy: fc.constantFrom(undefined, '^a'),
  budget: fc.record({ used: fc.nat({ max: 3 }), most: fc.nat({ max: 3 }) }),
  rate: fc.record({ served: fc.array(fc.nat(), { maxLength: 3 }), most: fc.integer({ min: 1, max: 3 }) }),
});

describe('whatever the facts', () => {
  test('only a Project of self-serve and of this very project is retired or given another spec', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const decision = decide(some);
        const touchesSpec =
          decision.kind === 'retire' || (decision.kind === 'update' && decision.visibility !== undefined);
        return !touchesSpec || (some.project?.origin === 'self-serve' && some.project.gerritName === some.name);
      }),
    );
  });

  test('one is made only where there is none, within every limit, for an active project that asks for it', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const { gerrit, budget, rate } = some;
        return (
          decide(some).kind !== 'create' ||
          (some.project === undefined &&
            some.enabled &&
            some.deniedBy === undefined &&
            budget.used < budget.most &&
            rate.served.length < rate.most &&
            gerrit.kind === 'there' &&
            gerrit.state === 'ACTIVE' &&
            gerrit.definitions.some(({ findings }) => findings.length === 0))
        );
      }),
    );
  });

  test('what is not readable changes nothing', () => {
    fc.assert(
      fc.property(anyFacts, (some) => decide({ ...some, gerrit: { kind: 'unreadable', why: '' } }).kind === 'nothing'),
    );
  });

  test('the namespace of a project that gets one is its own, and begins with ci-', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (one, other) => {
        if (decide(one).kind !== 'create' || decide(other).kind !== 'create') return true;
        const [first, second] = [namespaceForProject(one.name), namespaceForProject(other.name)];
        return /^ci-[a-z0-9-]{1,60}$/.test(first) && (one.name === other.name) === (first === second);
      }),
    );
  });
});

test.each([
  '../x',
  '..',
  'kube-system',
  'KUBE-SYSTEM',
  'x'.repeat(200),
  'a%2Fb',
  'a.',
  'a..',
  'dеmo',
  'ci-default',
  '-',
])('the name %s stays outside every namespace but its own', (name) => {
  expect(namespaceForProject(name)).toMatch(/^ci-([a-z0-9-]{1,40}-)?[a-z2-7]{10}$/);
  expect(`ci-${projectObjectName(name)}`).toBe(namespaceForProject(name));
});
