import { holdOf } from '../../../../services/trigger/admission/model-admission';
import { NOTHING } from '../../../../services/trigger/admission/model-amount';
import { amount, look, Model, RULES, run } from './fixtures';

const CORE = { 'requests.cpu': 1 };

test('a run for which there is room goes at once', () => {
  const model = new Model();

  model.ask('ci-a/1');

  expect(model.admitted).toEqual(['ci-a/1']);
});

test('nothing goes before it is known what runs', () => {
  const model = new Model();
  model.state.synced = false;
  model.ask('ci-a/1');
  expect(model.admitted).toEqual([]);
  expect(holdOf(model.state, 'ci-a/1', RULES)).toEqual({ limit: 'starting' });

  model.step({ kind: 'synced' });

  expect(model.admitted).toEqual(['ci-a/1']);
});

test('a run that asks again keeps its place, and one that was let in stays so', () => {
  const model = new Model({ ...RULES, parallelism: 1 });
  model.ask('ci-a/1', { receivedAt: 1 });
  model.ask('ci-a/2', { receivedAt: 2 });
  model.ask('ci-a/3', { receivedAt: 3 });

  model.ask('ci-a/2', { receivedAt: 2 });
  model.ask('ci-a/1', { receivedAt: 1 });
  model.finish('ci-a/1');

  expect(model.admitted).toEqual(['ci-a/1', 'ci-a/1', 'ci-a/2']);
  expect(model.state.running).toBe(1);
});

test('a run that leaves gives up its place in line, or the one it was let in to', () => {
  const model = new Model({ ...RULES, parallelism: 1 });
  model.ask('ci-a/1', { receivedAt: 1 });
  model.ask('ci-a/2', { receivedAt: 2 });
  model.ask('ci-a/3', { receivedAt: 3 });

  model.step({ kind: 'left', key: 'ci-a/2' });
  model.step({ kind: 'left', key: 'ci-a/1' });

  expect(model.admitted).toEqual(['ci-a/1', 'ci-a/3']);
});

describe('limits on how many run', () => {
  test.each([
    ['of the cluster', { parallelism: 2 }, 'cluster-parallelism'],
    ['of a namespace', { namespaceParallelism: 2 }, 'namespace-parallelism'],
    ['of a class', { classParallelism: { default: 2 } }, 'class-parallelism'],
  ])('%s are kept, and named', (_what, rules, limit) => {
    const model = new Model({ ...RULES, ...rules });
    for (const name of ['1', '2', '3']) {
      model.ask(`ci-a/${name}`, { receivedAt: Number(name) });
    }

    expect(model.admitted).toEqual(['ci-a/1', 'ci-a/2']);
    expect(holdOf(model.state, 'ci-a/3', model.rules)).toEqual({ limit, used: 2, hard: 2 });

    model.finish('ci-a/1');
    expect(model.admitted).toContain('ci-a/3');
  });

  test('of one class hold no other class', () => {
    const model = new Model({ ...RULES, classParallelism: { default: 1 } });
    model.ask('ci-a/1');
    model.ask('ci-a/2');
    model.ask('ci-b/1', { projectClass: 'heavy' });

    expect(model.admitted).toEqual(['ci-a/1', 'ci-b/1']);
  });

  test('count what people submit by hand in its namespace, and not against everybody', () => {
    const model = new Model({ ...RULES, parallelism: 1, namespaceParallelism: 1 });
    model.step({
      kind: 'seen',
      run: { key: 'ci-a/by-hand', namespace: 'ci-a', projectClass: '', precedence: undefined, need: NOTHING },
    });

    model.ask('ci-a/1');
    model.ask('ci-b/1');

    expect(model.admitted).toEqual(['ci-b/1']);
  });

  test('count what ran before the process began', () => {
    const model = new Model({ ...RULES, parallelism: 1 });
    model.state.synced = false;
    model.ask('ci-b/1');
    model.step({ kind: 'seen', run: run('ci-a/1') });
    model.step({ kind: 'synced' });
    expect(model.admitted).toEqual([]);

    model.finish('ci-a/1');
    expect(model.admitted).toEqual(['ci-b/1']);
  });
});

describe('quota', () => {
  const hard = { 'requests.cpu': 2 };
  const need = amount(CORE);
  const model = () => {
    const made = new Model();
    made.onLook = (_namespace, exact) => look(hard, { at: made.now, ...(exact ? { byWorkflow: new Map() } : {}) });
    return made;
  };

  test('is promised before the first pod is there, and given back at the end', () => {
    const fair = model();
    for (const name of ['1', '2', '3']) {
      fair.ask(`ci-a/${name}`, { need, receivedAt: Number(name) });
    }
    expect(fair.admitted).toEqual(['ci-a/1', 'ci-a/2']);
    expect(holdOf(fair.state, 'ci-a/3', RULES)).toEqual({
      limit: 'namespace-quota',
      resource: 'requests.cpu',
      used: 2,
      hard: 2,
    });

    fair.finish('ci-a/2');
    expect(fair.admitted).toEqual(['ci-a/1', 'ci-a/2', 'ci-a/3']);
  });

  test('counts pods of others beside what is promised, each once', () => {
    const fair = model();
    const used = amount({ 'requests.cpu': 1.5 });
    const byWorkflow = new Map([
      ['1', amount({ 'requests.cpu': 0.5 })],
      ['by-hand', amount(CORE)],
    ]);
    fair.onLook = (_namespace, exact) =>
      look({ 'requests.cpu': 3 }, { used, at: fair.now, ...(exact ? { byWorkflow } : {}) });
    fair.step({ kind: 'seen', run: run('ci-a/1', { need }) });

    fair.ask('ci-a/2', { need });
    expect(fair.admitted).toEqual(['ci-a/2']);

    fair.ask('ci-a/3', { need });
    expect(fair.admitted).toEqual(['ci-a/2']);
  });

  test('that Kubernetes has not given back yet is waited for: a pod would be refused', () => {
    const fair = model();
    fair.onLook = () => look(hard, { used: amount({ 'requests.cpu': 2 }), byWorkflow: new Map(), at: fair.now });
    fair.ask('ci-a/1', { need });
    expect(fair.admitted).toEqual([]);

    fair.now += 2_500;
    fair.onLook = () => look(hard, { at: fair.now });
    fair.step({ kind: 'tick' });
    expect(fair.admitted).toEqual(['ci-a/1']);
  });

  test('of one project holds up no other project', () => {
    const fair = model();
    fair.onLook = (namespace) => look(namespace === 'ci-a' ? { pods: 0 } : {}, { at: fair.now, byWorkflow: new Map() });
    fair.ask('ci-a/1');
    fair.ask('ci-b/1', { receivedAt: 1 });

    expect(fair.admitted).toEqual(['ci-b/1']);
  });

  test('is not taken by small runs from a large one ahead of them', () => {
    const fair = model();
    fair.ask('ci-a/1', { need });
    fair.ask('ci-a/large', { need: amount({ 'requests.cpu': 2 }), receivedAt: 1 });
    fair.ask('ci-a/small', { need: amount({ 'requests.cpu': 0.1 }), receivedAt: 2 });
    expect(fair.admitted).toEqual(['ci-a/1']);

    fair.finish('ci-a/1');
    expect(fair.admitted).toEqual(['ci-a/1', 'ci-a/large']);
  });

  test('that was looked at long ago is looked at again before a run goes', () => {
    const fair = model();
    const limited = new Model({ ...RULES, parallelism: 1 });
    limited.onLook = fair.onLook;
    limited.ask('ci-b/1');
    limited.ask('ci-a/1', { need });
    limited.now += 60_000;
    limited.onLook = () => look({ 'requests.cpu': 0 }, { at: limited.now, byWorkflow: new Map() });

    limited.finish('ci-b/1');

    expect(limited.admitted).toEqual(['ci-b/1']);
  });
});

test('a run that was let in and never came gives its place back', () => {
  const model = new Model({ ...RULES, parallelism: 1 });
  model.ask('ci-a/1');
  model.ask('ci-a/2', { receivedAt: 1 });

  model.now += RULES.unseenMs + 1;
  model.step({ kind: 'tick' });

  expect(model.admitted).toEqual(['ci-a/1', 'ci-a/2']);
});

test('a run whose Workflow turns up while it waits has begun: an earlier process made it', () => {
  const model = new Model({ ...RULES, parallelism: 1 });
  model.ask('ci-b/1');
  model.ask('ci-a/1');

  model.step({ kind: 'seen', run: run('ci-a/1') });

  expect(model.admitted).toEqual(['ci-b/1', 'ci-a/1']);
});

describe('who goes first', () => {
  const full = () => {
    const model = new Model({ ...RULES, parallelism: 1 });
    model.ask('ci-z/running', { precedence: 'deploy' });
    return model;
  };
  const order = (model: Model) => {
    const seen = model.admitted.length;
    for (
      let last = model.admitted.at(-1);
      last !== undefined && model.state.running > 0;
      last = model.admitted.at(-1)
    ) {
      model.finish(last);
    }
    return model.admitted.slice(seen);
  };

  test('deploy, then gate, then check, then periodic, whoever came first', () => {
    const model = full();
    for (const [index, precedence] of (['periodic', 'check', 'gate', 'deploy'] as const).entries()) {
      model.ask(`ci-a/${precedence}`, { precedence, receivedAt: index });
      model.ask(`ci-b/${precedence}`, { precedence, receivedAt: index });
    }

    expect(order(model).map((key) => key.split('/')[1])).toEqual(
      ['deploy', 'gate', 'check', 'periodic'].flatMap((one) => [one, one]),
    );
  });

  test('among equals of a project the higher priority, which is worth six seconds a point and no more', () => {
    const model = full();
    model.ask('ci-a/early', { priority: 100, receivedAt: 0 });
    model.ask('ci-a/urgent', { priority: 200, receivedAt: 599_000 });
    model.ask('ci-a/late', { priority: 200, receivedAt: 601_000 });

    expect(order(model)).toEqual(['ci-a/urgent', 'ci-a/early', 'ci-a/late']);
  });

  test('a project with one change waits for one run of a project with five hundred', () => {
    const model = full();
    for (let index = 0; index < 500; index++) {
      model.ask(`ci-a/${String(index).padStart(3, '0')}`, { receivedAt: index });
    }
    model.ask('ci-b/only', { receivedAt: 1_000 });

    expect(order(model).indexOf('ci-b/only')).toBe(1);
  });

  test('the place in line is the same after a restart, in whatever order runs are sent again', () => {
    const keys = ['ci-a/1', 'ci-a/2', 'ci-a/3', 'ci-a/4'];
    const orders = [keys, keys.toReversed(), ['ci-a/3', 'ci-a/1', 'ci-a/4', 'ci-a/2']].map((sent) => {
      const model = full();
      for (const key of sent) {
        model.ask(key, { receivedAt: Number(key.split('/')[1]) });
      }
      return order(model);
    });

    expect(orders).toEqual([keys, keys, keys]);
  });
});
