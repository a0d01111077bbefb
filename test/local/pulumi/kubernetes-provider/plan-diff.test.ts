import type { JsonObject } from '../../../../local/pulumi/kubernetes-provider/json';
import { type DiffFacts, planDiff } from '../../../../local/pulumi/kubernetes-provider/plan-diff';
import { UNKNOWN } from '../../../../local/pulumi/kubernetes-provider/property-values';

const settings = (data: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'team' },
  data,
  ...more,
});

/** What the server adds to an object of its own. */
const onServer = (object: JsonObject, version: string): JsonObject => ({
  ...object,
  metadata: { name: 'settings', namespace: 'team', uid: 'u', resourceVersion: version, creationTimestamp: 't' },
  status: { seen: version },
});

const facts = (overrides: Partial<DiffFacts>): DiffFacts => {
  const inputs = settings({ colour: 'blue' });
  const live = onServer(inputs, '1');
  return {
    oldInputs: inputs,
    newInputs: inputs,
    oldState: live,
    dryRun: { kind: 'planned', live, planned: live },
    ignoreChanges: [],
    secrets: [],
    mutability: { configMapMutable: true, secretMutable: true },
    patch: false,
    ...overrides,
  };
};

const fields = (overrides: Partial<DiffFacts>) => [...planDiff(facts(overrides)).changes.keys()];

const replaced = (overrides: Partial<DiffFacts>) =>
  [...planDiff(facts(overrides)).changes].filter(([, { replaces }]) => replaces).map(([field]) => field);

describe('what an update changes', () => {
  test('is nothing when program and server say what they said', () => {
    expect(planDiff(facts({}))).toMatchObject({ changes: new Map(), notes: [] });
  });

  test("leaves out the server's own fields", () => {
    const inputs = settings({ colour: 'blue' });

    expect(
      fields({ dryRun: { kind: 'planned', live: onServer(inputs, '1'), planned: onServer(inputs, '2') } }),
    ).toEqual([]);
  });

  test('leaves out fields that the program never named', () => {
    const live = onServer(settings({ colour: 'blue' }, { binaryData: { theirs: 'eA==' } }), '1');
    const planned = onServer(settings({ colour: 'blue' }), '1');

    expect(fields({ dryRun: { kind: 'planned', live, planned } })).toEqual([]);
  });

  test('names each changed input, wherever it is', () => {
    const newInputs = settings({ colour: 'red', 'a.b/c': '1' });

    expect(fields({ newInputs })).toEqual(['data.colour', 'data["a.b/c"]']);
  });

  test('is a change when the text changes and the server makes the same of it', () => {
    expect(fields({ newInputs: settings({ colour: 'blue' }, { immutable: false }) })).toEqual(['immutable']);
  });

  test('is told as drift when only the server differs', () => {
    const live = onServer(settings({ colour: 'green' }), '2');
    const planned = onServer(settings({ colour: 'blue' }), '2');

    const plan = planDiff(facts({ dryRun: { kind: 'planned', live, planned } }));

    expect([...plan.changes.keys()]).toEqual(['data.colour']);
    expect(plan.notes).toEqual(['changed in the cluster since the last update: data.colour (now "green")']);
  });

  test('does not show a value that drifted where a secret is', () => {
    const live = onServer(settings({ colour: 'green' }), '2');
    const planned = onServer(settings({ colour: 'blue' }), '2');

    const plan = planDiff(facts({ dryRun: { kind: 'planned', live, planned }, secrets: [['data', 'colour']] }));

    expect(plan.notes).toEqual(['changed in the cluster since the last update: data.colour']);
  });

  test("tells of a Secret's data by the stringData it comes from", () => {
    const secret = (token: string): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {},
      stringData: { token },
    });
    const stored = (data: string): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {},
      data: { token: data },
    });

    expect(
      fields({
        oldInputs: secret('a'),
        newInputs: secret('b'),
        dryRun: { kind: 'planned', live: stored('YQ=='), planned: stored('Yg==') },
      }),
    ).toEqual(['stringData.token']);
  });

  test('leaves out what the resource ignores', () => {
    expect(fields({ newInputs: settings({ colour: 'red', size: '1' }), ignoreChanges: ['data.colour'] })).toEqual([
      'data.size',
    ]);
  });

  test('counts a value known only later as changed', () => {
    expect(
      fields({ newInputs: settings({ colour: UNKNOWN }), dryRun: { kind: 'not-checked', reason: 'later' } }),
    ).toEqual(['data.colour']);
  });
});

describe('an object is replaced', () => {
  test('when its name changes, and the new one is made first', () => {
    const newInputs = { ...settings({ colour: 'blue' }), metadata: { name: 'other', namespace: 'team' } };
    const dryRun = { kind: 'not-checked', reason: '' } as const;

    expect(replaced({ newInputs, dryRun })).toEqual(['metadata.name']);
    expect(planDiff(facts({ newInputs, dryRun })).deleteBeforeReplace).toBe(false);
  });

  test('when the server says a changed field cannot change, and the old one goes first', () => {
    const changed = {
      newInputs: settings({ colour: 'red', size: '1' }),
      dryRun: { kind: 'immutable', fields: ['data.colour'] },
    } as const;

    expect(replaced(changed)).toEqual(['data.colour']);
    expect(planDiff(facts(changed)).deleteBeforeReplace).toBe(true);
  });

  test('when the server names no field of the program, for any of the changes', () => {
    expect(
      replaced({ newInputs: settings({ colour: 'red' }), dryRun: { kind: 'immutable', fields: ['spec'] } }),
    ).toEqual(['data.colour']);
  });

  test('as upstream does for new data of a ConfigMap, unless the provider may change it', () => {
    const newInputs = settings({ colour: 'red' });

    expect(replaced({ newInputs, mutability: { configMapMutable: false, secretMutable: false } })).toEqual([
      'data.colour',
    ]);
    expect(replaced({ newInputs })).toEqual([]);
  });

  test('by what is known of its kind, where the server was not asked', () => {
    const web = (app: string): JsonObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'team' },
      spec: { selector: { matchLabels: { app } }, replicas: 1 },
    });

    expect(
      replaced({ oldInputs: web('a'), newInputs: web('b'), dryRun: { kind: 'not-checked', reason: 'no server' } }),
    ).toEqual(['spec.selector.matchLabels.app']);
  });

  test('never when it is only patched', () => {
    expect(
      replaced({ newInputs: settings({ colour: 'red' }), dryRun: { kind: 'immutable', fields: [] }, patch: true }),
    ).toEqual([]);
  });

  test('never when it is gone: it is made again', () => {
    const plan = planDiff(facts({ dryRun: { kind: 'gone' } }));

    expect([...plan.changes.values()].some(({ replaces }) => replaces)).toBe(false);
    expect(plan.notes).toEqual(['is not in the cluster any more; it will be made again']);
  });
});

test('what the server did not check is said beside the change, and not where nothing changes', () => {
  const dryRun = { kind: 'not-checked', reason: 'no right to ask' } as const;

  expect(planDiff(facts({ dryRun })).notes).toEqual([]);
  expect(planDiff(facts({ dryRun, newInputs: settings({ colour: 'red' }) })).notes).toEqual([
    'not checked by the server: no right to ask',
  ]);
});
