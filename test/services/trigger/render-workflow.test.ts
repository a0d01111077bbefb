import fc from 'fast-check';
import { eventKey } from '../../../core/event-key';
import type { GerritEvent } from '../../../core/gerrit-event';
import {
  type RunFacts,
  renderWorkflow,
  specHash,
  type WorkflowManifest,
} from '../../../services/trigger/render-workflow';
import { COMMIT, event, KEY, NAMESPACE, pipeline, REVISION, sanitized } from './fixtures';

const run = (overrides: Partial<RunFacts> = {}): RunFacts => ({
  server: 'local',
  fetchUrl: 'http://gerrit.test:8080',
  namespace: NAMESPACE,
  pipeline: pipeline({ trust: 'post-review', priority: 7 }),
  eventKey: KEY,
  event: event(),
  definition: sanitized(),
  definitionCommit: COMMIT,
  pools: [],
  classPool: undefined,
  ...overrides,
});

function rendered(overrides: Partial<RunFacts> = {}): WorkflowManifest {
  const result = renderWorkflow(run(overrides));
  if (!result.ok) {
    throw new Error(result.error);
  }
  return result.value;
}

const definition = (spec: string) =>
  sanitized(`apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  entrypoint: main\n${spec}`);
const MAIN = '  templates:\n    - {name: main, container: {image: x, command: [x]}}\n';

test('a run says whose it is and what it tests', () => {
  expect(rendered().metadata).toMatchObject({
    name: expect.stringMatching(/^demo-7-2-check-[a-z2-7]{12}$/),
    namespace: NAMESPACE,
    labels: {
      'app.kubernetes.io/managed-by': 'seakeeper',
      'seakeeper.wikimedia.org/pipeline': 'check',
      'seakeeper.wikimedia.org/change': '7',
      'seakeeper.wikimedia.org/patch-set': '2',
    },
    annotations: {
      'seakeeper.wikimedia.org/project': 'demo',
      'seakeeper.wikimedia.org/event-key': KEY,
      'seakeeper.wikimedia.org/revision': REVISION,
      'seakeeper.wikimedia.org/ref': 'refs/changes/07/7/2',
      'seakeeper.wikimedia.org/definition-commit': COMMIT,
    },
  });
});

test('account, priority, deadline and archive are the pipeline’s', () => {
  expect(rendered().spec).toMatchObject({
    serviceAccountName: 'runner-post-review',
    automountServiceAccountToken: true,
    podPriorityClassName: 'seakeeper-post-review',
    priority: 7,
    activeDeadlineSeconds: 600,
    archiveLogs: true,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  });
});

test('nothing starts a TTL, and pods stay for their logs', () => {
  const { spec } = rendered({
    definition: definition(`  ttlStrategy: {secondsAfterCompletion: 1}\n  podGC: {strategy: OnPodCompletion}\n${MAIN}`),
  });

  expect(spec).not.toHaveProperty('ttlStrategy');
  expect(spec).not.toHaveProperty('podGC');
});

test.each([
  [30, 30],
  [6_000, 600],
])('a deadline of %d s in the definition becomes %d s', (asked, given) => {
  const text = `  activeDeadlineSeconds: ${asked}\n${MAIN.replace('{name: main,', `{name: main, activeDeadlineSeconds: ${asked},`)}`;
  const { spec } = rendered({ definition: definition(text) });

  expect(spec).toMatchObject({ activeDeadlineSeconds: given, templates: [{ activeDeadlineSeconds: given }] });
});

test('every template that is a pod has a deadline of its own, for exit handlers have no other', () => {
  const { spec } = rendered({
    definition: definition(`  onExit: bye\n${MAIN}    - {name: bye, script: {image: x, command: [x], source: x}}\n`),
  });

  expect(spec).toMatchObject({ templates: [{ activeDeadlineSeconds: 600 }, { activeDeadlineSeconds: 600 }] });
});

test('every container of every kind runs without rights', () => {
  const one = (name: string) => `{name: ${name}, image: x, command: [x], securityContext: {runAsUser: 1000}}`;
  const { spec } = rendered({
    definition: definition(
      `  templates:
    - name: main
      container: {image: x, command: [x]}
      initContainers: [${one('before')}]
      sidecars: [${one('beside')}]
    - {name: script, script: {image: x, command: [x], source: x}}
    - {name: set, containerSet: {containers: [${one('in-set')}]}}
`,
    ),
  });
  const hardened = {
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
  const asUser = { ...hardened, securityContext: { ...hardened.securityContext, runAsUser: 1000 } };

  expect(spec['templates']).toMatchObject([
    { container: hardened, initContainers: [asUser], sidecars: [asUser] },
    { script: hardened },
    { containerSet: { containers: [asUser] } },
  ]);
});

test('a run gets the documented parameters, over what the definition calls by the same names', () => {
  const { spec } = rendered({
    definition: definition(`  arguments: {parameters: [{name: ref, value: mine}, {name: own, value: kept}]}\n${MAIN}`),
  });

  expect(spec['arguments']).toEqual({
    parameters: [
      { name: 'own', value: 'kept' },
      { name: 'project', value: 'demo' },
      { name: 'branch', value: 'main' },
      { name: 'ref', value: 'refs/changes/07/7/2' },
      { name: 'change', value: '7' },
      { name: 'patch-set', value: '2' },
      { name: 'revision', value: REVISION },
      { name: 'fetch-url', value: 'http://gerrit.test:8080/demo' },
    ],
  });
});

test('a run of a branch has no change, and keeps the definition’s own value for it', () => {
  const pushed: GerritEvent = {
    type: 'ref-updated',
    refUpdate: { project: 'a/b', refName: 'refs/heads/main', oldRev: 'b'.repeat(40), newRev: REVISION },
  };
  const { metadata, spec } = rendered({
    event: pushed,
    definition: definition(`  arguments: {parameters: [{name: change, value: '0'}]}\n${MAIN}`),
  });

  expect(metadata.name).toMatch(/^a-b-refs-heads-main-check-[a-z2-7]{12}$/);
  expect(metadata.labels).toMatchObject({ 'seakeeper.wikimedia.org/change': 'none' });
  expect(spec['arguments']).toEqual({
    parameters: [
      { name: 'change', value: '0' },
      { name: 'project', value: 'a/b' },
      { name: 'branch', value: 'main' },
      { name: 'ref', value: 'refs/heads/main' },
      { name: 'revision', value: REVISION },
      { name: 'fetch-url', value: 'http://gerrit.test:8080/a/b' },
    ],
  });
});

test('the name does not depend on the definition', () => {
  const other = rendered({ definition: definition(MAIN), definitionCommit: 'd'.repeat(40) });

  expect(other.metadata.name).toBe(rendered().metadata.name);
});

describe('the hash of a spec', () => {
  const { spec } = rendered();

  test.each(['shutdown', 'suspend', 'ttlStrategy', 'priority', 'activeDeadlineSeconds'])(
    'does not change with %s, which the system changes',
    (field) => {
      expect(specHash({ ...spec, [field]: 'other' })).toBe(specHash(spec));
    },
  );

  test('does not depend on the order of fields', () => {
    expect(specHash(Object.fromEntries(Object.entries(spec).reverse()))).toBe(specHash(spec));
  });

  test.each(['entrypoint', 'templates', 'arguments', 'serviceAccountName', 'hostNetwork'])(
    'changes with %s',
    (field) => {
      expect(specHash({ ...spec, [field]: 'other' })).not.toBe(specHash(spec));
    },
  );
});

test('nothing of an event but identifiers reaches the manifest, whatever the event says', () => {
  const evil = fc.oneof(
    fc.constantFrom(
      '{{=sprig.repeat(9, "x")}}',
      '{{workflow.name}}',
      '{{',
      '}}',
      '$(id)',
      '"',
      '\n',
      '../..',
      'ü',
      'demo',
      'a/b',
    ),
    fc.string({ unit: 'binary', maxLength: 80 }),
  );
  const number = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 1e21, 7));
  const anyEvent = fc.record({
    type: fc.constantFrom('patchset-created', 'comment-added', 'change-merged', 'ref-updated'),
    comment: evil,
    messageId: evil,
    author: fc.record({ name: evil, email: evil, username: evil }),
    change: fc.option(fc.record({ project: evil, branch: evil, number, id: evil, topic: evil, subject: evil }), {
      nil: undefined,
    }),
    patchSet: fc.record({
      number,
      revision: fc.oneof(evil, fc.constant(REVISION)),
      ref: fc.oneof(evil, fc.constant('refs/changes/07/7/2')),
    }),
    refUpdate: fc.record({ project: evil, refName: evil, oldRev: evil, newRev: fc.oneof(evil, fc.constant(REVISION)) }),
  });
  const LABEL = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

  fc.assert(
    fc.property(anyEvent, ({ change, ...rest }) => {
      const given: GerritEvent = change === undefined ? rest : { ...rest, change };
      const result = renderWorkflow(
        run({ event: given, eventKey: eventKey('local', given) ?? 'none', definition: definition(MAIN) }),
      );
      if (result.ok) {
        const { metadata, spec } = result.value;
        expect(JSON.stringify(spec)).not.toMatch(/\{\{|\$\(|\\n/);
        expect(JSON.stringify(metadata)).not.toContain('{{');
        expect(metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(Object.values(metadata.labels).filter((value) => !LABEL.test(value))).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
});

describe('placement', () => {
  const pools = ['system', 'gate', 'check', 'security'] as const;
  const poolsOf = (overrides: Partial<RunFacts>) =>
    JSON.stringify(rendered({ pools, ...overrides }).spec['affinity'] ?? null).match(/"values":\[[^\]]*\]/)?.[0];

  test('is by the pipeline’s trust, its pool, and before both by the project’s class', () => {
    expect(poolsOf({ pipeline: pipeline({ trust: 'pre-review' }) })).toBe('"values":["check"]');
    expect(poolsOf({ pipeline: pipeline({ trust: 'post-review' }) })).toBe('"values":["gate","check"]');
    expect(poolsOf({ pipeline: pipeline({ pool: 'heavy' }) })).toBe('"values":["heavy"]');
    expect(poolsOf({ pipeline: pipeline({ pool: 'heavy' }), classPool: 'security' })).toBe('"values":["security"]');
  });

  test('tolerates the taint of the pool it goes to and no other', () => {
    expect(rendered({ pools, classPool: 'security' }).spec['tolerations']).toEqual([
      { key: 'seakeeper.wikimedia.org/pool', operator: 'Equal', value: 'security', effect: 'NoSchedule' },
    ]);
    expect(rendered({ pools, pipeline: pipeline({ trust: 'pre-review' }) }).spec['tolerations']).toBeUndefined();
  });

  test('is none where no machine is known', () => {
    expect(rendered({ pools: [] }).spec).not.toHaveProperty('affinity');
  });

  test('does not make a run another one, for pools may change between an event and its repeat', () => {
    expect(specHash(rendered({ pools }).spec)).toBe(specHash(rendered({ pools: [] }).spec));
  });
});
